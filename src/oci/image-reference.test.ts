import { expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../errors/failure.ts";
import { formatImageReference, parseImageReference } from "./image-reference.ts";

const digest = `sha256:${"0f".repeat(32)}`;

test.each([
  ["nginx", "docker.io/library/nginx:latest"],
  ["nginx:1.27", "docker.io/library/nginx:1.27"],
  ["grafana/loki", "docker.io/grafana/loki:latest"],
  ["registry.k8s.io/etcd:v3.6.11", "registry.k8s.io/etcd:v3.6.11"],
  ["localhost/x", "localhost/x:latest"],
  ["10.0.2.2:5000/a/b:c", "10.0.2.2:5000/a/b:c"],
  [`ghcr.io/siderolabs/kubelet@${digest}`, `ghcr.io/siderolabs/kubelet@${digest}`],
  [`ghcr.io/siderolabs/kubelet:v1@${digest}`, `ghcr.io/siderolabs/kubelet:v1@${digest}`],
])("%s is %s", (text, full) => {
  expect(formatImageReference(parseImageReference(text))).toBe(full);
});

test.each([
  ["", "not a repository path"],
  ["registry.k8s.io/Etcd", "in lower case"],
  ["a:b:c", "not a repository path"],
  ["etcd:-x", '"-x" is not a tag'],
  ["etcd@sha256:12", "not a sha256 digest"],
  ["bad..host:x:y/etcd", "not a registry host"],
])("%s is refused", (text, reason) => {
  expect(() => parseImageReference(text)).toThrow(reason);
});

test("any text is parsed to a form that parses to itself, or refused with a Failure", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9./:@_-]{0,60}$/)), (text) => {
      try {
        const full = formatImageReference(parseImageReference(text));
        expect(formatImageReference(parseImageReference(full))).toBe(full);
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
      }
    }),
  );
});
