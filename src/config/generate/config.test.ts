import { expect, test } from "bun:test";
import { parseCertificate } from "../../pki/index.ts";
import { registryMirrors, timeSettings } from "../effective.ts";
import { parseMachineConfig } from "../parse.ts";
import { testConfig, testSecrets } from "../testing.ts";
import { validateMachineConfig } from "../validate/validate.ts";
import { parseContract } from "./contract.ts";
import { formatSecrets, generateSecrets, parseSecrets } from "./secrets.ts";

const types = ["controlplane", "worker"] as const;

test.each(types)("a generated %s config is valid in every mode, with and without comments", (type) => {
  for (const options of [{}, { docs: true, examples: true }]) {
    const config = parseMachineConfig(testConfig(type, options));
    expect(config.machine.type).toBe(type);
    for (const mode of ["metal", "cloud", "container"] as const) {
      expect(validateMachineConfig(config, { mode, strict: true })).toEqual([]);
    }
  }
});

test("comments change nothing but the comments", () => {
  const plain = testConfig("controlplane");
  const commented = testConfig("controlplane", { docs: true, examples: true });
  const stripped = commented
    .split("\n")
    .filter((line) => !/^\s*#/.test(line))
    .map((line) => line.replace(/ # .*$/, ""));
  expect(stripped.join("\n")).toBe(plain);
});

test("a worker gets no key that signs", () => {
  const { machine, cluster } = parseMachineConfig(testConfig("worker"));
  expect(machine.ca?.key).toBe("");
  expect(cluster.ca?.key).toBe("");
  expect(cluster.etcd).toBeUndefined();
  expect(cluster.aggregatorCA).toBeUndefined();
  expect(cluster.serviceAccount).toBeUndefined();
});

test.each([
  ["v1.11", ["fd00::1", "api.example.org"]],
  ["v1.12", ["api.example.org"]],
])("for %s the API server's certificate names %j", (version, names) => {
  const text = testConfig("controlplane", {
    ...{ endpoint: "https://[fd00::1]:6443", additionalSans: ["api.example.org"], contract: parseContract(version) },
  });
  expect(parseMachineConfig(text).cluster.apiServer.certSANs).toEqual(names);
});

test.each([
  ["v1.0", {}, "aescbcEncryptionSecret"],
  [
    "v1.3.7",
    { disableManifestsDirectory: true, defaultRuntimeSeccompProfileEnabled: true },
    "secretboxEncryptionSecret",
  ],
])("configs for %s hold what it knows, and no more", async (version, kubelet, encryption) => {
  const contract = parseContract(version);
  const secrets = await generateSecrets({ contract });
  const text = testConfig("controlplane", { secrets, contract, registryMirrors: { "docker.io": ["http://m"] } });
  const { machine, cluster, documents } = parseMachineConfig(text);
  expect(documents).toEqual([]);
  expect(machine.kubelet).toMatchObject(kubelet);
  expect(machine.features).toMatchObject({ rbac: true });
  expect(text).not.toContain("hostDNS");
  expect(text).toContain("mirrors:\n            docker.io:");
  expect(Object.keys(cluster).filter((key) => /EncryptionSecret$/.test(key) && text.includes(`${key}: `))).toEqual([
    encryption,
  ]);
  expect(secrets.serviceAccountKey).toStartWith("-----BEGIN EC PRIVATE KEY-----");
});

test.each(["", "1", "latest", "v0.14"])("%j is no version to make configs for", (version) => {
  expect(() => parseContract(version)).toThrow("Cannot make a config for version");
});

test("what a cluster has already is kept", async () => {
  const { etcd, kubernetes, aggregator, serviceAccountKey } = testSecrets;
  const known = { etcd, kubernetes, aggregator, serviceAccountKey, bootstrapToken: "abcdef.0123456789abcdef" };
  const secrets = await generateSecrets({ known });
  expect(secrets).toMatchObject(known);
  expect(secrets.os).not.toEqual(testSecrets.os);
});

test("mirrors arrive as documents", () => {
  const text = testConfig("worker", { registryMirrors: { "docker.io": ["http://10.0.2.2:5000"] } });
  expect(registryMirrors(parseMachineConfig(text)).get("docker.io")).toEqual({
    endpoints: [{ url: "http://10.0.2.2:5000", overridePath: false }],
    skipFallback: false,
  });
});

test.each(["v1.11", "v1.12"])("a machine of version %s can be told to leave its clock alone", (version) => {
  for (const withTimeSync of [true, false]) {
    const text = testConfig("worker", { contract: parseContract(version), withTimeSync });
    expect(timeSettings(parseMachineConfig(text)).enabled).toBe(withTimeSync);
  }
});

test("an endpoint that is not https is refused with what to write", () => {
  expect(() => testConfig("worker", { endpoint: "10.0.0.1" })).toThrow("it is not an https URL");
});

test("secrets survive the way through their file", () => {
  expect(parseSecrets(formatSecrets(testSecrets))).toEqual(testSecrets);
});

test("secrets have the forms that other tools expect", () => {
  expect(testSecrets.trustdToken).toMatch(/^[0-9a-z]{6}\.[0-9a-z]{16}$/);
  expect(Buffer.from(testSecrets.clusterId, "base64url")).toHaveLength(32);
  expect(Buffer.from(testSecrets.secretboxEncryptionSecret ?? "", "base64")).toHaveLength(32);
  expect(Buffer.from(testSecrets.clusterSecret, "base64")).toHaveLength(32);
  expect(testSecrets.os.key).toStartWith("-----BEGIN ED25519 PRIVATE KEY-----");
  expect(parseCertificate(testSecrets.kubernetes.certificate).subject).toEqual({ organizations: ["kubernetes"] });
});

test("a secrets file with a hole is refused, and its secrets are not told", () => {
  const text = formatSecrets(testSecrets).replace(/^ {4}token: .*$/m, "    token:");
  expect(() => parseSecrets(text, "s.yaml")).toThrow('Cannot use "s.yaml": trustdinfo.token is missing');
  const broken = formatSecrets(testSecrets).replace(/crt: .*/, "crt: [1]");
  expect(() => parseSecrets(broken, "s.yaml")).toThrow("s.yaml:11:14: certs.etcd.crt: expected a string, found a list");
});
