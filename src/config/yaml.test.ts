import { expect, test } from "bun:test";
import fc from "fast-check";
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

test("what older parsers read is read so", () => {
  const text =
    "a: &x {k: 1, l: 2}\nb:\n  <<: *x\n  l: 3\nc: {<<: [*x, {m: 4}], n: {'<<': 5}}\nd: [0644, 08, 1_000, 1_x, '0644', 0o17]\n";
  const [node] = readYaml(text).documents;
  expect(node && toPlain(node)).toEqual({
    a: { k: 1, l: 2 },
    b: { l: 3, k: 1 },
    c: { n: { "<<": 5 }, k: 1, l: 2, m: 4 },
    d: [0o644, 8, 1_000, "1_x", "0644", 0o17],
  });
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
  ["b: 1\na: *nobody", 2, 4, 'nothing is anchored as "nobody"'],
  ["a: &a [*a]", 1, 8, '"a" holds itself'],
  ["a: &a {b: &b {c: *a}}", 1, 18, '"a" holds itself'],
  [`a:\n  ${"[".repeat(300)}${"]".repeat(300)}`, 2, 103, "it is nested too deeply"],
  ["[".repeat((4 << 20) - 1), 1, 101, "it is nested too deeply"],
  ["- ".repeat(5_000), 1, 201, "it is nested too deeply"],
  ["? ".repeat(5_000), 1, 201, "it is nested too deeply"],
  [Array.from({ length: 300 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n"), 102, 102, "it is nested too deeply"],
  ["a: b\nv\0e\0", 2, 2, "it holds a NUL; is it UTF-16, or no text at all?"],
  ["x".repeat((4 << 20) + 1), 1, 1, "it is larger than 4194304 bytes"],
  ["--- {}\n".repeat(2_000), 1001, 1, "there are more than 1000 documents"],
  [`a: [${"*a, ".repeat(5_000)}]`, 1, 4005, "there are more than 1000 anchors and aliases"],
  [`a: !x [${",".repeat(400_000)}]`, 1, 300_000, "there are more values than a config can hold"],
])("what would not end well is told with its place", (text, line, column, message) => {
  expect(readYaml(text)).toEqual({ documents: [], problems: [{ line, column, message }] });
});

test("any text reads, or its problems are told with their places", () => {
  const yamlish = fc.string({ unit: fc.constantFrom(..."ab:-#&*!|>'\"{}[],?\n ") });
  fc.assert(
    fc.property(yamlish, (text) => {
      const { documents, problems } = readYaml(text);
      expect(documents.map(toPlain)).toBeArray();
      for (const { line, column, message } of problems) {
        expect(line <= text.split("\n").length && column >= 1 && message !== "").toBeTrue();
      }
    }),
    { numRuns: 1_000 },
  );
});
