import { readFile } from "node:fs/promises";
import type { ControllerInput, ReconcileContext } from "../cosi/controller.ts";
import { codeOf } from "../errors/message.ts";
import type { KubeAccess } from "../kube/access.ts";
import { accessOf } from "../kube/kubeconfig.ts";
import { KubeletKubeconfig } from "../resources/k8s/kubelet-kubeconfig.ts";
import type { KubeletSpec } from "../resources/k8s/kubelet-spec.ts";
import type { KubeletSecret } from "../resources/secrets/kubelet-secret.ts";
import { kubeletFiles } from "./kubelet-files.ts";
import { pemText } from "./secrets/pem-pair.ts";

/** The input of controllers that ask the API server in the kubelet's name. */
export const kubeletAccessInput: ControllerInput = { kind: KubeletKubeconfig, id: "kubelet", strength: "weak" };

/** The kubelet's access to the API server; undefined until it has one. */
export async function kubeletAccess(
  context: Pick<ReconcileContext, "get">,
  path: string = kubeletFiles.kubeconfig,
): Promise<KubeAccess | undefined> {
  if ((await context.get(KubeletKubeconfig, "kubelet")) === undefined) return undefined;
  return readAccess(path);
}

/** How a kubelet that has not been let in yet asks the API server: by the cluster's token. */
export const bootstrapAccess = (secret: KubeletSecret): KubeAccess => ({
  server: secret.endpoint,
  ca: authoritiesOf(secret),
  token: `${secret.bootstrapTokenID}.${secret.bootstrapTokenSecret}`,
});

/** Whether a kubelet joins a cluster at all: it is told how to ask to be let in. */
export const registers = ({ args = [] }: Pick<KubeletSpec, "args">): boolean =>
  args.some((flag) => flag.startsWith("--bootstrap-kubeconfig="));

/** Who a node's kubelet is to its cluster. */
export const nodeUser = (nodename: string): string => `system:node:${nodename}`;

/** The cluster's authorities, as one PEM text. */
export const authoritiesOf = ({ acceptedCAs }: Pick<KubeletSecret, "acceptedCAs">): string =>
  acceptedCAs.map(({ crt }) => pemText(crt).replace(/\n*$/, "\n")).join("");

/** What a kubeconfig and the files that it names say; undefined while one of them is missing. */
export async function readAccess(path: string): Promise<KubeAccess | undefined> {
  try {
    return accessOf(await readFile(path, "utf8"));
  } catch (thrown) {
    const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
    if (codeOf(cause) === "ENOENT") return undefined;
    throw thrown;
  }
}
