import { expect, test } from "bun:test";
import fc from "fast-check";
import { toYaml } from "./yaml-text.ts";

test("blocks look as the reference writes them", () => {
  const value = { name: "eth0", up: true, on: "off", ports: [22, { lo: 1, names: ["a"] }], none: [], text: "a\nb\n" };
  expect(toYaml(value)).toBe(
    [
      "name: eth0",
      "up: true",
      '"on": "off"',
      "ports:",
      "    - 22",
      "    - lo: 1",
      "      names:",
      "        - a",
      "none: []",
      "text: |",
      "    a",
      "    b",
      "",
    ].join("\n"),
  );
});

test.each([
  "10.0.2.15/24",
  "52:54:00:12:34:56",
  "1.0",
  "0x1f",
  "2026-01-02",
  "fe80::",
  "a: b",
  "a #b",
  "- a",
  "",
  "\t",
  "~",
])("%j stays text", (text) => {
  expect(Bun.YAML.parse(toYaml({ text }))).toEqual({ text });
});

test("every value survives", () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom("a", " ", "\n", ":", "#", "-", "1", "'", '"', "\t") }),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(text, tie("value"), { maxKeys: 3 }),
    ),
  }));
  fc.assert(
    fc.property(value, (original) => {
      expect(JSON.stringify(Bun.YAML.parse(toYaml(original)))).toBe(JSON.stringify(original));
    }),
    { numRuns: 500 },
  );
});
