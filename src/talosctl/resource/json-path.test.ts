import { expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../../errors/failure.ts";
import { jsonPath } from "./json-path.ts";

const value = {
  metadata: { id: "eth0", "a.b": 1 },
  spec: { up: true, addresses: ["10.0.2.15/24", "fd00::1/64"], links: [{ name: "x" }, { name: "y" }], none: null },
};

test.each([
  ["{.metadata.id}", "eth0"],
  [".metadata.id", "eth0"],
  ["{$.spec.up}", "true"],
  ["{.spec.addresses}", '["10.0.2.15/24","fd00::1/64"]'],
  ["{.spec.addresses[0]}", "10.0.2.15/24"],
  ["{.spec.addresses[-1]}", "fd00::1/64"],
  ["{.spec.addresses[*]}", "10.0.2.15/24 fd00::1/64"],
  ["{.spec.links[*].name}", "x y"],
  ["{.metadata['a.b']}", "1"],
  ["{.metadata.a\\.b}", "1"],
  ["{..name}", "x y"],
  ["{.spec.none}{.spec.absent}", ""],
  ["id={.metadata.id}\\n", "id=eth0\n"],
])("%s finds %j", (template, text) => {
  expect(jsonPath(template)(value)).toBe(text);
});

test("what is not understood is shown, with an example", () => {
  expect(() => jsonPath("{.a")).toThrow('Cannot understand the JSON path "{.a": a brace has no partner');
  expect(() => jsonPath("{.a[}")).toThrow("is not a path");
});

test("any template is understood or fails as a Failure", () => {
  const template = fc.string({ unit: fc.constantFrom(..."{}.[]*'\"ab$0- \\") });
  fc.assert(
    fc.property(template, (text) => {
      try {
        expect(jsonPath(text)(value)).toBeString();
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Failure);
      }
    }),
    { numRuns: 1_000 },
  );
});
