import { type Containerd, kubernetesNamespace, systemNamespace } from "../../../containerd/client.ts";
import { Code, StatusError } from "../../../grpc/status.ts";
import { type ListedContainer, networkNamespaceOf } from "./listed-container.ts";
import { listPods } from "./pods.ts";

/** Everything in a namespace, pods before their containers. @throws StatusError InvalidArgument when there is none such. */
export async function listContainers(containerd: Containerd, namespace: string): Promise<ListedContainer[]> {
  const rows = isOfPods(namespace) ? await listPods(containerd) : await listOwn(containerd);
  return rows.sort((a, b) => (a.displayId < b.displayId ? -1 : 1));
}

/** @throws StatusError InvalidArgument for a namespace that is neither ours nor the kubelet's. */
export function isOfPods(namespace: string): boolean {
  if (namespace === kubernetesNamespace || namespace === systemNamespace) return namespace === kubernetesNamespace;
  throw new StatusError(Code.invalidArgument, `namespace "${namespace}" is not known, use "system" or "k8s.io"`);
}

/** The containers of our services. */
async function listOwn(containerd: Containerd): Promise<ListedContainer[]> {
  const namespace = containerd.in(systemNamespace);
  const [records, tasks] = await Promise.all([namespace.containers.list(), namespace.tasks.list()]);
  const taskOf = new Map(tasks.map((task) => [task.containerId, task]));
  return records.map(({ id, image, spec }) => {
    const task = taskOf.get(id);
    return {
      ...{ namespace: namespace.name, displayId: id, podId: id, internalId: id, podUid: "", name: id, image },
      pid: task?.status === "running" ? task.pid : 0,
      status: (task?.status ?? "unknown").toUpperCase(),
      networkNamespace: networkNamespaceOf(spec),
    };
  });
}
