import { expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../errors/failure.ts";
import { readYaml, toPlain, toYaml } from "./yaml.ts";

test("plain values survive the way through the text", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue()), (value) => {
      fc.pre(Object.keys(value).length > 0);
      const [node] = readYaml(toYaml(value)).documents;
      expect(node === undefined ? undefined : JSON.stringify(toPlain(node))).toBe(JSON.stringify(value));
    }),
  );
});

test("values and keys know their places", () => {
  const [node] = readYaml("a: 1\nb:\n  - x\n  - {c: d}\n").documents;
  if (node?.kind !== "map") throw new Error("not a map");
  const [, b] = node.entries;
  expect(b?.keyPosition).toEqual({ line: 2, column: 1 });
  if (b?.value.kind !== "list") throw new Error("not a list");
  expect(b.value.items[1]).toMatchObject({ kind: "map", line: 4, column: 5 });
});

test.each([
  ["a: *nobody", 'nothing is anchored as "nobody"'],
  ["a: &a [*a]", "nested too deeply"],
  ["[".repeat(300) + "]".repeat(300), "nested too deeply"],
  ["x".repeat((4 << 20) + 1), "larger than"],
])("what does not end well ends as a Failure", (text, message) => {
  expect(() => readYaml(text)).toThrow(message);
});

test("any text reads, names its problem, or fails as a Failure", () => {
  const yamlish = fc.string({ unit: fc.constantFrom(..."ab:-#&*!|>'\"{}[],?\n ") });
  fc.assert(
    fc.property(yamlish, (text) => {
      try {
        const { documents } = readYaml(text);
        expect(documents.map(toPlain)).toBeArray();
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Failure);
      }
    }),
    { numRuns: 1_000 },
  );
});
