import { existsSync } from "node:fs";
import { rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { toBase64 } from "../../bytes/base64.ts";
import { toYaml } from "../../config/yaml-text.ts";
import { durableWrite } from "../../files/durable-write.ts";
import { signCertificate } from "../../pki/index.ts";
import type { KubeletSpec } from "../../resources/k8s/kubelet-spec.ts";
import type { KubeletSecret } from "../../resources/secrets/kubelet-secret.ts";
import type { KubernetesRootSecret } from "../../resources/secrets/kubernetes-root-secret.ts";
import { authoritiesOf } from "./files.ts";
import { type KubeletFiles, kubeletFiles } from "./place.ts";

/** As the controller manager would sign it; the kubelet renews it there, long before. */
const lifetimeMs = 8_760 * 3_600_000;
/** Machines whose clocks lag by less agree that it is valid. */
const backdateMs = 5 * 60_000;

/**
 * Gives the kubelet of a control plane machine its first certificate, unless it has one: the machine holds the key that
 * would sign it anyway. Asking for it by the cluster's token would have to wait until the API server knows the token and
 * the controller manager runs, with pauses that double in between.
 */
export async function issueFirstCertificate(
  spec: KubeletSpec,
  secret: KubeletSecret,
  { issuingCA }: Pick<KubernetesRootSecret, "issuingCA">,
  { kubeconfig, pki }: KubeletFiles = kubeletFiles,
): Promise<void> {
  const { expectedNodename: name } = spec;
  if (name === undefined || issuingCA.key.length === 0 || existsSync(kubeconfig)) return;
  const [certificate, key] = [issuingCA.crt, issuingCA.key].map((pem) => new TextDecoder().decode(pem));
  const issued = await signCertificate(
    { certificate: certificate ?? "", key: key ?? "" },
    {
      ...{ commonName: `system:node:${name}`, organizations: ["system:nodes"], algorithm: "ecdsa-p256" },
      ...{ usages: ["clientAuth"], validForMs: lifetimeMs, backdateMs },
    },
  );
  const current = join(pki, "kubelet-client-current.pem");
  // As the kubelet keeps it: a link, which it points to another file with each renewal.
  await durableWrite(join(pki, "kubelet-client-first.pem"), issued.certificate + issued.key);
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
