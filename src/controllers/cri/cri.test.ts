import { expect, test } from "bun:test";
import { testConfig } from "../../config/testing.ts";
import { RegistryConfig } from "../../resources/cri/registry-config.ts";
import { EtcFileSpec } from "../../resources/files/etc-file-spec.ts";
import { criConfigController } from "../files/cri-config.ts";
import { configure, machineWith } from "../testing.ts";
import { registriesOf } from "./registries.ts";
import { registriesConfigController } from "./registries-config.ts";

const base64 = (pem: string) => Buffer.from(pem).toString("base64");
const registries = `    registries:
        mirrors:
            ghcr.io:
                endpoints: [http://10.0.2.2:5000]
        config:
            10.0.2.2:5000:
                auth: { username: me, password: secret }
                tls:
                    insecureSkipVerify: true
                    ca: ${base64("the authority")}
                    clientIdentity: { crt: ${base64("the certificate")}, key: ${base64("the key")} }
`;
const mirrored = testConfig().replace(/^machine:\n/m, `machine:\n${registries}`);
const text = ({ contents }: EtcFileSpec) => new TextDecoder().decode(contents);

test("mirrors and credentials of the configuration reach containerd's files, and leave with it", async () => {
  await using machine = await machineWith({ config: mirrored }, registriesConfigController(), criConfigController());
  const hosts = await machine.eventually(EtcFileSpec, "cri/conf.d/hosts/ghcr.io/hosts.toml");
  expect(text(hosts.spec)).toContain('[host."http://10.0.2.2:5000/v2"]');
  const containerd = await machine.eventually(EtcFileSpec, "cri/containerd.toml", ({ spec }) =>
    text(spec).includes('password = "secret"'),
  );
  expect(containerd.spec.mode).toBe(0o600);
  const [certificate, key] = await Promise.all(
    ["client.crt", "client.key"].map((name) =>
      machine.eventually(EtcFileSpec, `cri/conf.d/hosts/10.0.2.2_5000_/${name}`),
    ),
  );
  expect([certificate, key].map((file) => file && text(file.spec))).toEqual(["the certificate", "the key"]);
  expect(key?.spec.mode).toBe(0o600);
  expect(text(hosts.spec)).toContain("/etc/cri/conf.d/hosts/10.0.2.2_5000_/client.key");
  await configure(machine, testConfig());
  await machine.eventuallyGone(EtcFileSpec, "cri/conf.d/hosts/ghcr.io/hosts.toml");
  await machine.eventually(EtcFileSpec, "cri/containerd.toml", ({ spec }) => !text(spec).includes("secret"));
});

test("both forms of the configuration mean the same", async () => {
  const documents = `${testConfig()}
---
apiVersion: v1alpha1
kind: RegistryMirrorConfig
name: ghcr.io
endpoints: [{ url: "http://10.0.2.2:5000" }]
---
apiVersion: v1alpha1
kind: RegistryAuthConfig
name: 10.0.2.2:5000
username: me
password: secret
---
apiVersion: v1alpha1
kind: RegistryTLSConfig
name: 10.0.2.2:5000
insecureSkipVerify: true
ca: the authority
clientIdentity: { cert: the certificate, key: the key }
`;
  const seen = [];
  for (const config of [mirrored, documents]) {
    await using machine = await machineWith({ config }, registriesConfigController());
    const { spec } = await machine.eventually(RegistryConfig, "registries", (found) => found.spec.auths !== undefined);
    seen.push(registriesOf(spec));
  }
  expect(seen[0]).toMatchObject({
    auths: { "10.0.2.2:5000": { username: "me", password: "secret" } },
    tls: { "10.0.2.2:5000": { ca: "the authority", clientCertificate: "the certificate", clientKey: "the key" } },
  });
  expect(seen[1]).toEqual(seen[0]);
});

const containerdText = async (machine: Awaited<ReturnType<typeof machineWith>>, contains: string) =>
  text(
    (await machine.eventually(EtcFileSpec, "cri/containerd.toml", ({ spec }) => text(spec).includes(contains))).spec,
  );

test("the owner's wishes for containerd are part of its configuration, and leave with the machine's", async () => {
  const content = '[plugins."io.containerd.grpc.v1.cri"]\nenable_unprivileged_ports = true\n';
  const wishes = {
    files: [{ path: "/etc/cri/conf.d/20-customization.part", op: "create", content }],
    baseRuntimeSpecOverrides: { process: { rlimits: [{ type: "RLIMIT_NOFILE", hard: 1_024, soft: 1_024 }] } },
  };
  const config = testConfig().replace(/^machine:\n/m, `machine:\n${indented(wishes)}`);
  await using machine = await machineWith({ config }, registriesConfigController(), criConfigController());
  const toml = await containerdText(machine, "enable_unprivileged_ports");
  expect(toml).toContain('base_runtime_spec = "/etc/cri/conf.d/base-spec.json"');
  const { spec } = await machine.eventually(EtcFileSpec, "cri/conf.d/base-spec.json");
  expect(JSON.parse(text(spec)).process.rlimits).toHaveLength(1);
  await machine.eventually(EtcFileSpec, "cri/conf.d/20-customization.part");
  await configure(machine, testConfig());
  await machine.eventuallyGone(EtcFileSpec, "cri/conf.d/base-spec.json");
  await machine.eventuallyGone(EtcFileSpec, "cri/conf.d/20-customization.part");
  expect(await containerdText(machine, "")).not.toContain("base_runtime_spec");
});

test("a wish that makes no sense is told, and containerd runs without it", async () => {
  const wish = { files: [{ path: "/etc/cri/conf.d/20-customization.part", op: "create", content: "= nonsense" }] };
  const config = testConfig().replace(/^machine:\n/m, `machine:\n${indented(wish)}`);
  await using machine = await machineWith({ config }, registriesConfigController(), criConfigController());
  await machine.eventually(EtcFileSpec, "cri/conf.d/20-customization.part");
  expect(await containerdText(machine, "sandbox_image")).not.toContain("nonsense");
  expect(machine.logged.join("\n")).toContain("/etc/cri/conf.d/20-customization.part is left out");
});

const indented = (fields: object) =>
  Object.entries(fields)
    .map(([name, value]) => `    ${name}: ${JSON.stringify(value)}\n`)
    .join("");
