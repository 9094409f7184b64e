import { expect, test } from "bun:test";
import { isAtLeast, versionOfImage } from "./image-version.ts";

test.each([
  ["registry.k8s.io/kube-apiserver:v1.35.4", "1.35.4"],
  ["localhost:5000/kube-apiserver:1.30.0-rc.1", "1.30.0-rc.1"],
  ["registry.k8s.io/kube-apiserver:v1.35.4@sha256:abcd", "1.35.4"],
  ["registry.k8s.io/kube-apiserver@sha256:abcd", undefined],
  ["registry.k8s.io/kube-apiserver:latest", undefined],
] as const)("%p is of version %p", (image, version) => {
  expect(versionOfImage(image)).toBe(version);
});

test("versions are compared as numbers, and an unknown one is taken for new", () => {
  expect(isAtLeast("a:v1.9.0", [1, 31])).toBe(false);
  expect(isAtLeast("a:v1.31.0", [1, 31])).toBe(true);
  expect(isAtLeast("a:v2.0.0", [1, 31])).toBe(true);
  expect(isAtLeast("a:latest", [1, 31])).toBe(true);
});
