import { existsSync } from "node:fs";
import { type KubeletFiles, kubeletFiles } from "../../controllers/kubelet-files.ts";
import { identityOf } from "../../controllers/secrets/pem-pair.ts";
import { signCertificate } from "../../pki/index.ts";
import type { KubeletSpec } from "../../resources/k8s/kubelet-spec.ts";
import type { KubeletSecret } from "../../resources/secrets/kubelet-secret.ts";
import type { KubernetesRootSecret } from "../../resources/secrets/kubernetes-root-secret.ts";
import { leaveClientCertificate, nodeSubject } from "./client-certificate.ts";

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
  files: KubeletFiles = kubeletFiles,
): Promise<void> {
  const { expectedNodename: name } = spec;
  if (name === undefined || issuingCA.key.length === 0 || existsSync(files.kubeconfig)) return;
  const issued = await signCertificate(identityOf(issuingCA), {
    ...{ ...nodeSubject(name), algorithm: "ecdsa-p256" },
    ...{ usages: ["clientAuth"], validForMs: lifetimeMs, backdateMs },
  });
  await leaveClientCertificate(issued, secret, files);
}
