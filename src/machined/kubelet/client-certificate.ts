import { rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { toBase64 } from "../../bytes/base64.ts";
import { toYaml } from "../../config/yaml-text.ts";
import { authoritiesOf, nodeUser } from "../../controllers/kubelet-access.ts";
import type { KubeletFiles } from "../../controllers/kubelet-files.ts";
import { durableWrite } from "../../files/durable-write.ts";
import type { KubeletSecret } from "../../resources/secrets/kubelet-secret.ts";

/** What a kubelet's certificate says of it. */
export const nodeSubject = (name: string) => ({ commonName: nodeUser(name), organizations: ["system:nodes"] }) as const;

/** Where a kubelet keeps the certificate and key that it has now. @param pki its directory of certificates */
export const currentCertificate = (pki: string): string => join(pki, "kubelet-client-current.pem");

/**
 * Leaves the kubelet a certificate as if it had got it itself.
 * @param pair certificate and key, PEM
 */
export async function leaveClientCertificate(
  pair: { readonly certificate: string; readonly key: string },
  secret: KubeletSecret,
  { kubeconfig, pki }: Pick<KubeletFiles, "kubeconfig" | "pki">,
): Promise<void> {
  const current = currentCertificate(pki);
  // As the kubelet keeps it: a link, which it points to another file with each renewal.
  await durableWrite(join(pki, "kubelet-client-first.pem"), pair.certificate + pair.key);
  await rm(current, { force: true });
  await symlink("kubelet-client-first.pem", current);
  await durableWrite(kubeconfig, kubeconfigTo(current, secret));
}

/** As the kubelet writes it. */
const kubeconfigTo = (certificate: string, secret: KubeletSecret): string =>
  toYaml({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: "default-cluster",
        cluster: { server: secret.endpoint, "certificate-authority-data": toBase64(authoritiesOf(secret)) },
      },
    ],
    contexts: [
      { name: "default-context", context: { cluster: "default-cluster", namespace: "default", user: "default-auth" } },
    ],
    "current-context": "default-context",
    users: [{ name: "default-auth", user: { "client-certificate": certificate, "client-key": certificate } }],
  });
