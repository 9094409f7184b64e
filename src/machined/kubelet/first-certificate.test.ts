import { expect, test } from "bun:test";
import { mkdtemp, readFile, readlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type KubeletFiles, kubeletFiles } from "../../controllers/kubelet-files.ts";
import { accessOf } from "../../kube/kubeconfig.ts";
import { createCertificateAuthority, isSignedBy, parseCertificate } from "../../pki/index.ts";
import type { KubeletSpec } from "../../resources/k8s/kubelet-spec.ts";
import type { KubeletSecret } from "../../resources/secrets/kubelet-secret.ts";
import { issueFirstCertificate } from "./first-certificate.ts";
import { forgetStale } from "./stale.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const authority = await createCertificateAuthority({ organizations: ["kubernetes"], algorithm: "ecdsa-p256" });
const issuingCA = { crt: bytes(authority.certificate), key: bytes(authority.key) };
const spec: KubeletSpec = { image: "i", args: [], expectedNodename: "n1", config: {} };
const secret: KubeletSecret = {
  endpoint: "https://127.0.0.1:7445",
  acceptedCAs: [{ crt: issuingCA.crt }],
  bootstrapTokenID: "abcdef",
  bootstrapTokenSecret: "0123456789abcdef",
};

async function machineFiles(): Promise<KubeletFiles> {
  const root = await mkdtemp(join(tmpdir(), "kubelet-"));
  return {
    ...kubeletFiles,
    kubeconfig: join(root, "kubeconfig"),
    pki: join(root, "pki"),
    cpuManagerState: join(root, "c"),
  };
}

test("the kubelet of a control plane begins with a certificate of its node", async () => {
  const files = await machineFiles();
  await issueFirstCertificate(spec, secret, { issuingCA }, files);
  const { server, certificate = "", key } = accessOf(await readFile(files.kubeconfig, "utf8"));
  expect(server).toBe(secret.endpoint);
  expect(key).toContain("PRIVATE KEY");
  const parsed = parseCertificate(certificate);
  expect(parsed.subject).toEqual({ commonName: "system:node:n1", organizations: ["system:nodes"] });
  expect(parsed.usages).toEqual(["clientAuth"]);
  expect(isSignedBy(parsed, parseCertificate(authority.certificate))).toBe(true);
  // The kubelet renews it by pointing the link elsewhere, and refuses what is none.
  expect(await readlink(join(files.pki, "kubelet-client-current.pem"))).toBe("kubelet-client-first.pem");

  const before = await readFile(join(files.pki, "kubelet-client-current.pem"), "utf8");
  await forgetStale(spec, secret, () => undefined, files);
  await issueFirstCertificate(spec, secret, { issuingCA }, files);
  expect(await readFile(join(files.pki, "kubelet-client-current.pem"), "utf8")).toBe(before);

  const renamed = { ...spec, expectedNodename: "n2" };
  await forgetStale(renamed, secret, () => undefined, files);
  await issueFirstCertificate(renamed, secret, { issuingCA }, files);
  const again = accessOf(await readFile(files.kubeconfig, "utf8"));
  expect(parseCertificate(again.certificate ?? "").subject.commonName).toBe("system:node:n2");
});

test("a node whose name is the owner's to choose asks for its certificate itself", async () => {
  const files = await machineFiles();
  const { expectedNodename: _, ...unnamed } = spec;
  await issueFirstCertificate(unnamed, secret, { issuingCA }, files);
  expect(await Bun.file(files.kubeconfig).exists()).toBe(false);
});
