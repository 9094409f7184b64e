import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { toBase64 } from "../../bytes/base64.ts";
import { readYaml, toPlain } from "../../config/yaml.ts";
import { toYaml } from "../../config/yaml-text.ts";
import { authoritiesOf, nodeUser } from "../../controllers/kubelet-access.ts";
import { type KubeletFiles, kubeletFiles } from "../../controllers/kubelet-files.ts";
import { codeOf, messageOf } from "../../errors/message.ts";
import { durableWrite } from "../../files/durable-write.ts";
import { type Certificate, isSignedBy, parseCertificate, parseCertificates } from "../../pki/index.ts";
import type { KubeletSpec } from "../../resources/k8s/kubelet-spec.ts";
import type { KubeletSecret } from "../../resources/secrets/kubelet-secret.ts";
import type { Log } from "../machine.ts";
import { currentCertificate } from "./client-certificate.ts";

/**
 * Clears away what an earlier kubelet left that no longer fits: a certificate for another name, from another authority or
 * of another time, processors given away by another rule. The next kubelet asks for new ones. What fits, stays, and learns
 * where the API server is now.
 */
export async function forgetStale(
  spec: KubeletSpec,
  secret: KubeletSecret,
  log: Log,
  files: KubeletFiles = kubeletFiles,
): Promise<void> {
  const reason = await misfitOf(spec, secret, files);
  if (reason !== undefined) {
    log("info", `the kubelet asks for a new certificate: ${reason}`);
    await rm(files.pki, { recursive: true, force: true });
    await rm(files.kubeconfig, { force: true });
  }
  // Made by the kubelet itself for as long as nobody signs one, with the names and addresses of that day.
  for (const name of ["kubelet.crt", "kubelet.key"]) await rm(join(files.pki, name), { force: true });
  await forgetProcessors(spec, files);
  await redirect(secret, files);
}

/** Why the kubelet's certificate does not fit; undefined when it does, or when there is none. */
async function misfitOf(spec: KubeletSpec, secret: KubeletSecret, { pki }: KubeletFiles): Promise<string | undefined> {
  const text = await readIfThere(currentCertificate(pki));
  if (text === undefined) return undefined;
  let certificate: Certificate;
  try {
    certificate = parseCertificate(text);
  } catch (thrown) {
    return `the one that it has cannot be read: ${messageOf(thrown)}`;
  }
  const expected = spec.expectedNodename === undefined ? undefined : nodeUser(spec.expectedNodename);
  const { commonName } = certificate.subject;
  if (expected !== undefined && commonName !== expected) return `the one that it has is for ${commonName}`;
  const now = new Date();
  if (now > certificate.notAfter) return `the one that it has ended at ${certificate.notAfter.toISOString()}`;
  // The kubelet itself only looks at the end, and would offer it to the API server for years.
  if (now < certificate.notBefore) return `the one that it has begins at ${certificate.notBefore.toISOString()}`;
  const known = parseCertificates(authoritiesOf(secret)).some((authority) => isSignedBy(certificate, authority));
  return known ? undefined : "the one that it has is from another authority";
}

/** The kubelet refuses to start with what it has written under another policy. */
async function forgetProcessors({ config }: KubeletSpec, { cpuManagerState }: KubeletFiles): Promise<void> {
  const text = await readIfThere(cpuManagerState);
  if (text === undefined) return;
  const wanted = config.cpuManagerPolicy || "none";
  if (policyOf(text) !== wanted) await rm(cpuManagerState, { force: true });
}

function policyOf(state: string): unknown {
  try {
    return (JSON.parse(state) as { readonly policyName?: unknown }).policyName || "none";
  } catch {
    return undefined; // a torn file fits no policy
  }
}

/** A kubelet that has its certificate reads the endpoint and the authorities from its own kubeconfig alone. */
async function redirect(secret: KubeletSecret, { kubeconfig }: KubeletFiles): Promise<void> {
  const text = await readIfThere(kubeconfig);
  if (text === undefined) return;
  const { documents } = readYaml(text);
  const config = documents[0] === undefined ? undefined : (toPlain(documents[0]) as KubeletKubeconfig | null);
  const named = config?.contexts?.find(({ name }) => name === config["current-context"])?.context?.cluster;
  const clusters = config?.clusters?.map((entry) =>
    entry.name !== named
      ? entry
      : {
          ...entry,
          cluster: { server: secret.endpoint, "certificate-authority-data": toBase64(authoritiesOf(secret)) },
        },
  );
  // One that is broken is of no use to the kubelet either: with it gone, it asks for a new certificate.
  if (named === undefined || clusters === undefined) return await rm(kubeconfig, { force: true });
  const updated = toYaml({ ...config, clusters });
  if (updated !== text) await durableWrite(kubeconfig, updated);
}

interface KubeletKubeconfig {
  readonly "current-context"?: string;
  readonly clusters?: readonly { readonly name: string; readonly cluster: object }[];
  readonly contexts?: readonly { readonly name: string; readonly context?: { readonly cluster?: string } }[];
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return undefined;
    throw thrown;
  }
}
