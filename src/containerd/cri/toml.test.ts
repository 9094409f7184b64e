import { expect, test } from "bun:test";
import fc from "fast-check";
import { renderToml, type TomlTable } from "./toml.ts";

test("tables get headers, and keys that need it quotes", () => {
  const text = renderToml({
    version: 2,
    plugins: { "io.containerd.grpc.v1.cri": { sandbox_image: "pause", runs: ["a", "b"] } },
  });
  expect(text).toBe('version = 2\n[plugins."io.containerd.grpc.v1.cri"]\nsandbox_image = "pause"\nruns = ["a", "b"]\n');
});

test("a TOML parser reads back what was written", () => {
  // The parser of the runtime takes these for prototype keys.
  const key = fc.string({ minLength: 1 }).filter((name) => name !== "__proto__");
  const lists = fc.oneof(fc.array(fc.string()), fc.array(fc.dictionary(key, fc.integer(), { minKeys: 1 })));
  const value = fc.oneof(fc.string({ unit: "binary" }), fc.boolean(), fc.integer(), lists);
  const table: fc.Arbitrary<TomlTable> = fc.dictionary(key, fc.oneof(value, fc.dictionary(key, value)));
  fc.assert(
    fc.property(table, (root) => {
      expect(Bun.TOML.parse(renderToml(root)) as TomlTable).toEqual(root);
    }),
  );
});
