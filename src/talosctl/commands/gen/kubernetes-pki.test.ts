import { afterAll, beforeAll, expect, test } from "bun:test";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseSecrets } from "../../../config/generate/secrets.ts";
import { testSecrets } from "../../../config/testing.ts";
import { runTalosctl } from "../../testing/machine.ts";

let directory: string;
const at = (name: string) => join(directory, name);
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "talosctl-kubernetes-pki-"));
  await mkdir(at("pki/etcd"), { recursive: true });
  const { kubernetes, etcd, aggregator, serviceAccountKey } = testSecrets;
  for (const [name, { certificate, key }] of Object.entries({
    ca: kubernetes,
    "etcd/ca": etcd,
    "front-proxy-ca": aggregator,
  })) {
    await writeFile(at(`pki/${name}.crt`), certificate);
    await writeFile(at(`pki/${name}.key`), key);
  }
  await writeFile(at("pki/sa.key"), serviceAccountKey);
});
afterAll(() => rm(directory, { recursive: true }));

const gen = (...argv: readonly string[]) => runTalosctl(["gen", "secrets", ...argv]);

test("authorities and keys of a cluster of kubeadm are taken over, with its token", async () => {
  const token = "abcdef.0123456789abcdef";
  const argv = ["-p", at("pki"), "-t", token, "-o", at("secrets.yaml")];
  expect(await gen(...argv)).toMatchObject({ status: 0 });
  const { kubernetes, etcd, aggregator, serviceAccountKey } = testSecrets;
  const secrets = parseSecrets(await readFile(at("secrets.yaml"), "utf8"));
  expect(secrets).toMatchObject({ kubernetes, etcd, aggregator, serviceAccountKey, bootstrapToken: token });
  expect(secrets.os).not.toEqual(testSecrets.os);
});

test.each([
  ["sa.key", undefined, /Cannot read ".*\/sa\.key"/],
  ["sa.key", "nonsense", /Cannot use ".*\/sa\.key": /],
  ["etcd/ca.crt", "nonsense", /Cannot use ".*\/etcd\/ca\.crt": /],
  ["ca.key", testSecrets.etcd.key, /Cannot use ".*\/ca\.key": it is not the key of .*\/ca\.crt/],
] as const)("a directory whose %s is not right is refused", async (name, content, message) => {
  await cp(at("pki"), at("broken"), { recursive: true });
  if (content === undefined) await rm(at(`broken/${name}`));
  else await writeFile(at(`broken/${name}`), content);
  const { status, error } = await gen("--from-kubernetes-pki", at("broken"), "-o", at("no.yaml"));
  expect(status).toBe(1);
  expect(error).toMatch(message);
  await rm(at("broken"), { recursive: true });
});

test("secrets come from one place", async () => {
  const { error } = await gen("-p", "a", "--from-controlplane-config", "b");
  expect(error).toContain("Cannot take secrets from a config and a directory at once");
});
