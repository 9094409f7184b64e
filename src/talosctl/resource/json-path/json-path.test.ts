import { expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../../../errors/failure.ts";
import { plainText } from "../go-json.ts";
import { jsonPath } from "./template.ts";

const value = {
  metadata: { id: "eth0", "a.b": 1 },
  spec: {
    up: true,
    addresses: ["10.0.2.15/24", "fd00::1/64"],
    links: [{ name: "x", mtu: 1_500 }, { name: "y" }],
    none: null,
  },
};

/** As a table shows it. */
const show = (template: string) =>
  jsonPath(template)
    .find(value)
    .map((found) => found.map((each) => plainText(each)).join(" "))
    .join("");

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
  ["{.spec.none}{.spec.absent}", "<nil>"],
  ["id={.metadata.id}\\n", "id=eth0\n"],
  ["{.spec.addresses[:]}", "10.0.2.15/24 fd00::1/64"],
  ["{.spec.addresses[1:]}", "fd00::1/64"],
  ["{.spec.addresses[0:2:2]}", "10.0.2.15/24"],
  ["{.spec.addresses[0,1]}", "10.0.2.15/24 fd00::1/64"],
  ["{.metadata['id','a.b']}", "eth0 1"],
  ["{.spec.addresses[7]}", ""],
  ['{.spec.links[?(@.name=="y")].name}', "y"],
  ["{.spec.links[?(@.name!='y')].name}", "x"],
  ["{.spec.links[?(@.mtu)].name}", "x"],
  ["{.spec.links[?(@.mtu >= 1500)].name}", "x"],
  ["{.spec.links[?(@.mtu < 1500)].name}", ""],
  ["{range .spec.links[*]}{.name}={.mtu};{end}.", "x=1500;y=;."],
])("%s finds %j", (template, text) => {
  expect(show(template)).toBe(text);
});

test("what is not understood is shown, with an example", () => {
  expect(() => jsonPath("{.a")).toThrow('Cannot understand the JSON path "{.a": a brace has no partner');
  expect(() => jsonPath("{.a[}")).toThrow("is not a path");
  expect(() => jsonPath("{range .a[*]}x")).toThrow("a {range} has no {end}");
  expect(() => jsonPath("{end}")).toThrow("{end} ends no {range}");
});

test("any template is understood or fails as a Failure", () => {
  const template = fc.string({ unit: fc.constantFrom(..."{}.[]*'\"ab$0- \\?(@=:,)") });
  fc.assert(
    fc.property(template, (text) => {
      try {
        expect(show(text)).toBeString();
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Failure);
      }
    }),
    { numRuns: 1_000 },
  );
});
