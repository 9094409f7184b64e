import { isQuantity, type MachineConfig } from "../../../config/index.ts";
import type { APIServerConfig } from "../../../resources/k8s/api-server-config.ts";
import { documentOrUndefined } from "../document.ts";

type Pod = MachineConfig["cluster"]["controllerManager"];
type PodFields = Pick<APIServerConfig, "image" | "extraArgs" | "extraVolumes" | "environmentVariables" | "resources">;

/** What a pod of the control plane is sure to get, unless the configuration says otherwise. */
interface Requests {
  readonly cpu: string;
  readonly memory: string;
}

/** What the configuration says of each pod of the control plane alike. */
export function podFields(pod: Pod, image: string, requests: Requests): PodFields {
  const { requests: asked, limits } = pod.resources;
  return {
    image: pod.image ?? image,
    extraArgs: pod.extraArgs,
    extraVolumes: pod.extraVolumes.map(({ hostPath = "", mountPath = "", readonly }) => ({
      name: volumeName(mountPath),
      hostPath,
      mountPath,
      readonly,
    })),
    environmentVariables: pod.env,
    resources: { requests: { ...requests, ...amounts(asked) }, limits: amounts(limits) },
  };
}

/** Of `{ cpu: 1, memory: 1Gi }`, as text; the rest the kubelet would refuse, with all pods that it has from us. */
function amounts(value: unknown): Record<string, string> {
  const given = Object.entries(documentOrUndefined(value) ?? {});
  const known = given.filter(([name, amount]) => (name === "cpu" || name === "memory") && isQuantity(amount));
  return Object.fromEntries(known.map(([name, amount]) => [name, String(amount)]));
}

/** `/etc/my-dir` → `etc-my-dir`: a name that Kubernetes takes. */
const volumeName = (path: string): string =>
  path
    .replace(/[^0-9A-Za-z]+/g, "-")
    .replace(/^-|-$/g, "")
    .toLowerCase();
