import { afterAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSignedBy, parseCertificate, parsePrivateKey } from "../../../pki/index.ts";
import { runTalosctl } from "../../testing/machine.ts";

const directory = await mkdtemp(join(tmpdir(), "talosctl-pki-"));
afterAll(() => rm(directory, { recursive: true }));
const at = (name: string) => join(directory, name);
const certificate = async (name: string) => parseCertificate(await readFile(at(`${name}.crt`), "utf8"));

test("an authority, a key, its request and the certificate, in files of the known names", async () => {
  for (const argv of [
    ["ca", "--organization", at("acme")],
    ["key", "--name", at("alice")],
    ["csr", "--key", at("alice.key"), "--roles", "os:reader,os:operator", "--ip", "10.0.0.5"],
    ["crt", "--ca", at("acme"), "--csr", at("alice.csr"), "--name", at("alice"), "--hours", "2"],
  ]) {
    expect((await runTalosctl(["gen", ...argv])).status).toBe(0);
  }
  expect((await readdir(directory)).sort()).toEqual([
    "acme.crt",
    "acme.key",
    "acme.sha256",
    "alice.crt",
    "alice.csr",
    "alice.key",
  ]);
  const [authority, leaf] = [await certificate("acme"), await certificate("alice")];
  expect(isSignedBy(leaf, authority)).toBe(true);
  expect(leaf.subject.organizations).toEqual(["os:reader", "os:operator"]);
  expect(leaf.alternativeNames).toEqual(["10.0.0.5"]);
  expect(leaf.usages).toEqual(["clientAuth"]);
  expect(leaf.notAfter.getTime() - leaf.notBefore.getTime()).toBe(2 * 3_600_000);
  expect(authority.notAfter.getTime() - authority.notBefore.getTime()).toBe(87_600 * 3_600_000);
  expect(parsePrivateKey(await readFile(at("alice.key"), "utf8")).publicKey).toEqual(leaf.publicKey);
  expect(await readFile(at("acme.sha256"), "utf8")).toBe(
    `sha256:${createHash("sha256").update(authority.publicKey).digest("hex")}`,
  );
  expect((await stat(at("acme.key"))).mode & 0o777).toBe(0o600);
});

test("a key pair signs itself and carries the address", async () => {
  const argv = ["gen", "keypair", "--organization", at("proxy"), "--ip", "fd00::7"];
  expect((await runTalosctl(argv)).status).toBe(0);
  const proxy = await certificate("proxy");
  expect(isSignedBy(proxy, proxy)).toBe(true);
  expect(proxy.alternativeNames).toEqual(["fd00::7"]);
  expect((await runTalosctl(argv)).error).toContain("it exists\nTo replace it, add --force");
  expect((await runTalosctl([...argv, "--force"])).status).toBe(0);
});

test.each([
  [["ca"], "Cannot go on without --organization"],
  [["crt", "--ca", "a", "--name", "b"], "Cannot go on without --csr"],
  [["csr", "--key", "/no/such.key"], 'Cannot read "/no/such.key"'],
  [["keypair", "--organization", "x", "--ip", "here"], 'Cannot use "here" in a certificate'],
  [["ca", "--organization", "x", "--hours", "0"], "Cannot issue a certificate for 0 hours"],
])("gen %p is refused", async (argv, message) => {
  const { status, error } = await runTalosctl(["gen", ...argv]);
  expect(status).toBe(1);
  expect(error).toContain(message);
});
