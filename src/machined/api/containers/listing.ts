import { join } from "node:path";
import type { Containerd, ContainerdNamespace } from "../../../containerd/client.ts";
import { kubernetesNamespace, systemNamespace } from "../../../containerd/client.ts";
import type { ContainerRecord } from "../../../containerd/containers.ts";
import { Code, StatusError } from "../../../grpc/status.ts";

/** Labels that the kubelet's runtime gives to what it makes. */
const label = {
  kind: "io.cri-containerd.kind",
  podName: "io.kubernetes.pod.name",
  podNamespace: "io.kubernetes.pod.namespace",
  podUid: "io.kubernetes.pod.uid",
  container: "io.kubernetes.container.name",
} as const;

/** A container or a pod's sandbox, under the name that people know it by. */
export interface ListedContainer {
  readonly namespace: string;
  /** `etcd`, `kube-system/pod` or `kube-system/pod:name:0123456789ab`. */
  readonly displayId: string;
  /** Its pod's id, equal to its own for a sandbox; for a container of ours its own. */
  readonly podId: string;
  readonly internalId: string;
  readonly podUid: string;
  readonly name: string;
  readonly image: string;
  /** PID 1's number of its first process, 0 when it does not run. */
  readonly pid: number;
  readonly status: string;
  readonly networkNamespace: string;
}

/** @throws StatusError InvalidArgument for a namespace that is neither ours nor the kubelet's. */
export function namespaceOf(containerd: Containerd, name: string): ContainerdNamespace {
  if (name === systemNamespace || name === kubernetesNamespace) return containerd.in(name);
  throw new StatusError(Code.invalidArgument, `namespace "${name}" is not known, use "system" or "k8s.io"`);
}

/** Everything in a namespace, pods before their containers. */
export async function listContainers(namespace: ContainerdNamespace): Promise<ListedContainer[]> {
  const [records, tasks] = await Promise.all([namespace.containers.list(), namespace.tasks.list()]);
  const taskOf = new Map(tasks.map((task) => [task.containerId, task]));
  const rows = records.map((record) => {
    const task = taskOf.get(record.id);
    const running = task?.status === "running";
    return {
      ...nameOf(record),
      namespace: namespace.name,
      internalId: record.id,
      podUid: record.labels[label.podUid] ?? "",
      image: record.image,
      pid: running ? task.pid : 0,
      status: (task?.status ?? "unknown").toUpperCase(),
      networkNamespace: networkNamespaceOf(record.spec),
    };
  });
  return rows.sort((a, b) => (a.displayId < b.displayId ? -1 : 1));
}

function nameOf({ id, labels }: ContainerRecord): Pick<ListedContainer, "displayId" | "podId" | "name"> {
  const pod = labels[label.podName];
  if (pod === undefined) return { displayId: id, podId: id, name: id };
  const podId = join(labels[label.podNamespace] ?? "", pod);
  if (labels[label.kind] === "sandbox") return { displayId: podId, podId, name: pod };
  const name = labels[label.container] ?? id;
  return { displayId: `${podId}:${name}:${id.slice(0, 12)}`, podId, name };
}

/** The path in an OCI spec's network namespace, empty when it has none of its own. Specs of others may have any shape. */
function networkNamespaceOf(spec: unknown): string {
  const { linux } = (spec ?? {}) as { linux?: { namespaces?: { type?: unknown; path?: unknown }[] } };
  const network = Array.isArray(linux?.namespaces)
    ? linux.namespaces.find(({ type }) => type === "network")
    : undefined;
  return typeof network?.path === "string" ? network.path : "";
}
