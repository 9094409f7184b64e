import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { fuzzCases } from "../../test/support/fuzz.ts";
import { toYaml } from "../config/yaml.ts";
import { Failure } from "../errors/failure.ts";
import { accessOf, kubeconfigOf } from "./kubeconfig.ts";

const access = {
  server: "https://10.0.0.2:6443",
  ca: "the authority\n",
  certificate: "a certificate\n",
  key: "a key\n",
};

describe("a kubeconfig", () => {
  test("is read as it was written", () => {
    const text = fc.string({ minLength: 1, unit: "grapheme" });
    fc.assert(
      fc.property(text, text, text, text, (cluster, user, ca, key) => {
        const written = { ...access, ca, key };
        expect(accessOf(kubeconfigOf(written, { cluster, user }))).toEqual(written);
      }),
    );
    const bearer = { server: "https://[::1]:6443", ca: "", token: "abc" };
    expect(accessOf(kubeconfigOf(bearer, { cluster: "c", user: "u", context: "x", namespace: "n" }))).toEqual(bearer);
  });

  test("names contexts as others do", () => {
    const text = kubeconfigOf(access, { cluster: "talos", user: "admin", namespace: "default" });
    expect(text).toContain("current-context: admin@talos\n");
    expect(() => accessOf(text, { context: "other" })).toThrow('Cannot use a kubeconfig: it has no context "other"');
  });

  test("may refer to files, as the kubelet's does", () => {
    const path = "/var/lib/kubelet/pki/kubelet-client-current.pem";
    const kubelet = toYaml({
      clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:7445/", "certificate-authority-data": "Y2E=" } }],
      contexts: [{ name: "d", context: { cluster: "c", user: "u" } }],
      "current-context": "d",
      users: [{ name: "u", user: { "client-certificate": path, "client-key": path } }],
    });
    const files: Record<string, string> = { [path]: "both" };
    const read = (file: string) => files[file] ?? "";
    expect(accessOf(kubelet, { read })).toEqual({
      ...{ server: "https://127.0.0.1:7445", ca: "ca", certificate: "both", key: "both" },
    });
    expect(() => accessOf(kubelet.replaceAll("/var/lib", "/nowhere"))).toThrow(
      'Cannot read "/nowhere/kubelet/pki/kubelet-client-current.pem", which a kubeconfig refers to',
    );
  });

  test.each([
    ["", "it is no map"],
    ["a: [", "line 1, column 5"],
    ["{}", "it names no context"],
    ["current-context: a", 'it has no context "a"'],
    ["{current-context: a, contexts: [{name: a, context: {cluster: b}}]}", 'it has no cluster "b"'],
  ])("%p is refused with the reason", (text, reason) => {
    expect(() => accessOf(text)).toThrow(`Cannot use a kubeconfig: ${reason}`);
  });

  test("a server without TLS is refused: it would get the key's signature for nothing", () => {
    expect(() => accessOf(kubeconfigOf({ ...access, server: "http://a" }, { cluster: "c", user: "u" }))).toThrow(
      'the server of cluster "c" is no https:// URL',
    );
  });

  test("a damaged one is refused with a Failure that quotes no secret", () => {
    const good = kubeconfigOf({ ...access, token: "verysecret" }, { cluster: "c", user: "u" });
    const damage = fc.tuple(fc.nat(good.length), fc.nat(30), fc.constantFrom("", "{", "- ", ": ", "\n", "*a", "\0"));
    fc.assert(
      fc.property(damage, ([at, length, piece]) => {
        try {
          accessOf(good.slice(0, at) + piece + good.slice(at + length));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Failure);
          expect((thrown as Failure).message).not.toContain("verysecret");
        }
      }),
      { numRuns: fuzzCases(300) },
    );
  });
});
