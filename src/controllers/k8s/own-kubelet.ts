import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ControllerInput, ReconcileContext } from "../../cosi/controller.ts";
import type { KubeletAccess } from "../../kube/kubelet.ts";
import type { Document } from "../../resources/fields/struct.ts";
import { Nodename } from "../../resources/k8s/nodename.ts";
import { KubernetesDynamicCert } from "../../resources/secrets/kubernetes-dynamic-cert.ts";
import { KubernetesRootSecret } from "../../resources/secrets/kubernetes-root-secret.ts";
import { Service } from "../../resources/v1alpha1/service.ts";
import { kubeletFiles } from "../kubelet-files.ts";
import { identityOf, pemText } from "../secrets/pem-pair.ts";

/** Inputs of controllers that ask this machine's kubelet. */
export const ownKubeletInputs: readonly ControllerInput[] = [
  { kind: Service, id: "kubelet", strength: "weak" },
  { kind: KubernetesDynamicCert, id: "k8s-dynamic-certs", strength: "weak" },
  { kind: KubernetesRootSecret, id: "k8s", strength: "weak" },
  { kind: Nodename, id: "nodename", strength: "weak" },
];

/**
 * As API servers call kubelets; undefined while no kubelet runs, and on workers, which no kubelet would answer.
 * @param ownCertificate file of the authority of kubelets that nobody has signed a certificate for: what they made
 * themselves.
 */
export async function ownKubelet(
  context: Pick<ReconcileContext, "get">,
  ownCertificate = join(kubeletFiles.pki, "kubelet.crt"),
): Promise<KubeletAccess | undefined> {
  const service = await context.get(Service, "kubelet");
  const certificates = (await context.get(KubernetesDynamicCert, "k8s-dynamic-certs"))?.spec;
  const root = (await context.get(KubernetesRootSecret, "k8s"))?.spec;
  const name = (await context.get(Nodename, "nodename"))?.spec;
  if (service?.metadata.phase !== "running" || !service.spec.running) return undefined;
  if (certificates === undefined || root === undefined || name === undefined) return undefined;
  const own = await readFile(ownCertificate, "utf8").catch(() => "");
  return {
    ...{ host: "127.0.0.1", port: 10_250, nodename: name.nodename },
    ca: [...root.acceptedCAs.map(({ crt }) => pemText(crt)), own].join("\n"),
    ...identityOf(certificates.apiServerKubeletClient),
  };
}

/** What a kubelet calls a pod that we let it run: `<namespace>/<name>-<node>`. */
export function staticPodName({ metadata }: Document, nodename: string): string {
  const { name, namespace = "default" } = metadata as { readonly name: string; readonly namespace?: string };
  return `${namespace}/${name}-${nodename}`;
}
