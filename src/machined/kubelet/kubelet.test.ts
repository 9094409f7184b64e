import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KubeletFiles } from "../../controllers/kubelet-files.ts";
import { accessOf } from "../../kube/kubeconfig.ts";
import { createCertificateAuthority, type Identity, signCertificate } from "../../pki/index.ts";
import type { KubeletSpec } from "../../resources/k8s/kubelet-spec.ts";
import type { KubeletSecret } from "../../resources/secrets/kubelet-secret.ts";
import { writeKubeletFiles } from "./files.ts";
import { forgetStale } from "./stale.ts";

const spec: KubeletSpec = { image: "i", args: [], expectedNodename: "n1", config: { kind: "KubeletConfiguration" } };
const secretOf = (...authorities: readonly Identity[]): KubeletSecret => ({
  endpoint: "https://127.0.0.1:7445",
  acceptedCAs: authorities.map(({ certificate }) => ({ crt: new TextEncoder().encode(certificate) })),
  bootstrapTokenID: "abcdef",
  bootstrapTokenSecret: "0123456789abcdef",
});

const newAuthority = () => createCertificateAuthority({ organizations: ["kubernetes"], algorithm: "ecdsa-p256" });
const authority = await newAuthority();
const other = await newAuthority();

interface Machine {
  readonly files: KubeletFiles;
  readonly logged: string[];
  /** What happens before each start of the kubelet. */
  readonly prepare: (spec: KubeletSpec, secret: KubeletSecret) => Promise<void>;
}

/** A machine on which a kubelet has run, with a certificate of the first authority. */
async function onMachine(work: (machine: Machine) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), "machined-kubelet-"));
  const at = (name: string) => join(root, name);
  const files: KubeletFiles = {
    config: at("kubelet.yaml"),
    bootstrapKubeconfig: at("bootstrap-kubeconfig"),
    kubeconfig: at("kubeconfig-kubelet"),
    clientAuthorities: at("pki/ca.crt"),
    credentialProviders: at("providers.yaml"),
    pki: at("lib/pki"),
    cpuManagerState: at("cpu_manager_state"),
  };
  await giveCertificate(files, new Date());
  await Bun.write(join(files.pki, "kubelet.crt"), "made by itself");
  await Bun.write(files.kubeconfig, kubeconfig);
  const logged: string[] = [];
  const prepare = async (given: KubeletSpec, secret: KubeletSecret) => {
    await forgetStale(given, secret, (_, text) => logged.push(text), files);
    await writeKubeletFiles(given, secret, files);
  };
  try {
    await work({ files, logged, prepare });
  } finally {
    await rm(root, { recursive: true });
  }
}

async function giveCertificate({ pki }: KubeletFiles, issuedAt: Date): Promise<void> {
  const leaf = await signCertificate(authority, {
    ...{ commonName: "system:node:n1", organizations: ["system:nodes"] },
    ...{ usages: ["clientAuth"], validForMs: 60_000, now: () => issuedAt },
  });
  await Bun.write(join(pki, "kubelet-client-current.pem"), leaf.certificate + leaf.key);
}

/** As a kubelet writes it. */
const kubeconfig = `apiVersion: v1
kind: Config
clusters:
- { name: default-cluster, cluster: { server: "https://old:6443", certificate-authority-data: b2xk } }
contexts:
- { name: default-context, context: { cluster: default-cluster, user: default-auth } }
current-context: default-context
users:
- { name: default-auth, user: { client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem } }
`;

test("a kubelet finds its configuration, its cluster's authorities and the token that it may join with", () =>
  onMachine(async ({ files, prepare }) => {
    await prepare(
      { ...spec, credentialProviderConfig: { kind: "CredentialProviderConfig" } },
      secretOf(authority, other),
    );
    expect(await readFile(files.config, "utf8")).toBe("kind: KubeletConfiguration\n");
    expect(await readFile(files.credentialProviders, "utf8")).toBe("kind: CredentialProviderConfig\n");
    const authorities = authority.certificate + other.certificate;
    expect(await readFile(files.clientAuthorities, "utf8")).toBe(authorities);
    expect((await stat(files.clientAuthorities)).mode & 0o777).toBe(0o400);
    expect((await stat(files.bootstrapKubeconfig)).mode & 0o777).toBe(0o600);
    expect(accessOf(await readFile(files.bootstrapKubeconfig, "utf8"))).toEqual({
      server: "https://127.0.0.1:7445",
      ca: authorities,
      token: "abcdef.0123456789abcdef",
    });
    await prepare(spec, secretOf(authority));
    expect(existsSync(files.credentialProviders)).toBe(false);
  }));

test("a certificate that still fits is kept, and its kubeconfig learns where the API server is now", () =>
  onMachine(async ({ files, logged, prepare }) => {
    await prepare(spec, secretOf(other, authority));
    expect(logged).toEqual([]);
    expect(existsSync(join(files.pki, "kubelet-client-current.pem"))).toBe(true);
    expect(existsSync(join(files.pki, "kubelet.crt"))).toBe(false);
    const access = accessOf(await readFile(files.kubeconfig, "utf8"), { read: () => "pem" });
    expect(access).toMatchObject({ server: "https://127.0.0.1:7445", certificate: "pem" });
    expect(access.ca).toBe(other.certificate + authority.certificate);
  }));

test.each([
  ["was issued by a clock that was ahead", new Date("2096-01-01"), "begins at 2096-01-01T"],
  ["was issued by a clock that was behind", new Date("2019-01-01"), "ended at 2019-01-01T"],
])("a certificate that %s is thrown away once the clock is right", (_, issuedAt, reason) =>
  onMachine(async ({ files, logged, prepare }) => {
    await giveCertificate(files, issuedAt);
    await prepare(spec, secretOf(authority));
    expect(logged.join()).toContain(reason);
    expect(existsSync(files.pki)).toBe(false);
  }),
);

test.each([
  ["is for another node", { ...spec, expectedNodename: "n2" }, authority, "is for system:node:n1"],
  ["is from another authority", spec, other, "is from another authority"],
])("a certificate that %s is thrown away with all that it was for", (_, given, trusted, reason) =>
  onMachine(async ({ files, logged, prepare }) => {
    await prepare(given, secretOf(trusted));
    expect(logged.join()).toContain(reason);
    expect(existsSync(files.pki)).toBe(false);
    expect(existsSync(files.kubeconfig)).toBe(false);
  }),
);

test("with a node's name of the owner's choice any name in the certificate will do", () =>
  onMachine(async ({ files, prepare }) => {
    const { expectedNodename: _, ...unnamed } = spec;
    await prepare(unnamed, secretOf(authority));
    expect(existsSync(files.kubeconfig)).toBe(true);
  }));

test("files that are torn are thrown away", () =>
  onMachine(async ({ files, prepare }) => {
    await Bun.write(join(files.pki, "kubelet-client-current.pem"), "-----BEGIN CERT");
    await prepare(spec, secretOf(authority));
    expect(existsSync(files.pki)).toBe(false);
    await Bun.write(files.kubeconfig, "{");
    await prepare(spec, secretOf(authority));
    expect(existsSync(files.kubeconfig)).toBe(false);
  }));

test("processors that were given away by another policy are forgotten", () =>
  onMachine(async ({ files, prepare }) => {
    const policy = (cpuManagerPolicy: string) => ({ ...spec, config: { cpuManagerPolicy } });
    await Bun.write(files.cpuManagerState, '{"policyName":"static"}');
    await prepare(policy("static"), secretOf(authority));
    expect(existsSync(files.cpuManagerState)).toBe(true);
    await prepare(spec, secretOf(authority));
    expect(existsSync(files.cpuManagerState)).toBe(false);
  }));
