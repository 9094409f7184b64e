import { basename } from "node:path";
import { type Containerd, kubernetesNamespace } from "../../../containerd/client.ts";
import { type ListedContainer, networkNamespaceOf } from "./listed-container.ts";

/** Letters of a container's id that tell it from others of its name. */
const shownId = 12;

/**
 * Pods that can run containers, and their containers, those that ended included. The kubelet's view of them comes from
 * containerd's CRI service, processes and images from containerd itself: four calls, however many pods there are.
 */
export async function listPods({ runtimeService, in: inNamespace }: Containerd): Promise<ListedContainer[]> {
  const namespace = inNamespace(kubernetesNamespace);
  const [pods, containers, records, tasks] = await Promise.all([
    runtimeService.readyPods(),
    runtimeService.containers(),
    namespace.containers.list(),
    namespace.tasks.list(),
  ]);
  const recordOf = new Map(records.map((record) => [record.id, record]));
  const pidOf = new Map(tasks.map(({ containerId, status, pid }) => [containerId, status === "running" ? pid : 0]));
  const common = (id: string) => ({
    namespace: namespace.name,
    internalId: id,
    image: recordOf.get(id)?.image ?? "",
    pid: pidOf.get(id) ?? 0,
  });
  return pods.flatMap((pod) => {
    const podId = `${pod.namespace}/${pod.name}`;
    const network = networkNamespaceOf(recordOf.get(pod.id)?.spec);
    const sandbox = {
      ...{ ...common(pod.id), displayId: podId, podId, podUid: pod.uid, name: podId, status: pod.state },
      networkNamespace: network === "" ? "" : basename(network),
    };
    const own = containers.filter((container) => container.podId === pod.id);
    return [
      sandbox,
      ...own.map(({ id, name, state }) => ({
        ...{ ...common(id), displayId: `${podId}:${name}:${id.slice(0, shownId)}`, podId, podUid: "", name },
        ...{ status: state, networkNamespace: "" },
      })),
    ];
  });
}
