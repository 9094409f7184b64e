import { expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../errors/failure.ts";
import { applyPatches } from "./patch.ts";

const config = "version: v1alpha1\nmachine:\n    type: controlplane\n---\nkind: HostnameConfig\nauto: stable\n";
const patch = (text: string) => applyPatches(config, [{ text, file: "patch.yaml" }]);

test("a field is added where it belongs, and documents meet by kind", () => {
  expect(patch("machine:\n  sysctls:\n    a.b: 1\n---\nkind: HostnameConfig\nhostname: node-1\n")).toBe(
    "version: v1alpha1\nmachine:\n    type: controlplane\n    sysctls:\n        a.b: 1\n---\nkind: HostnameConfig\nauto: stable\nhostname: node-1\n",
  );
});

test("patches apply in order", () => {
  const patches = ["a", "b"].map((token) => ({ text: `machine: { token: ${token} }`, file: token }));
  expect(applyPatches(config, patches)).toContain("token: b");
});

test("what is no part of a config is refused, naming the patch", () => {
  expect(() => patch("- 1")).toThrow("patch.yaml");
  expect(() => patch("just text")).toThrow("patch.yaml");
  expect(() => patch("a: [")).toThrow("patch.yaml:1");
});

test("no text breaks the patcher other than by a failure", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      try {
        expect(patch(text)).toBeString();
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
      }
    }),
  );
});
