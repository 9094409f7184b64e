import { kubernetesNamespace } from "../../../containerd/client.ts";
import { Code, StatusError } from "../../../grpc/status.ts";
import type { common, machine } from "../../../proto/index.ts";
import type { Machine } from "../../machine.ts";
import { findContainer } from "../containers/find-container.ts";
import { toData } from "../files/data.ts";
import { containerLog } from "./container-log.ts";

/**
 * MachineService/Logs: a service's ring, or the file of a pod's container, from the start or its last lines, followed if
 * asked. A request without `tail_lines` carries 0 on the wire from some clients and -1 from others; both mean everything.
 */
export async function* logs(
  machine: Pick<Machine, "logs" | "containerd">,
  request: machine.LogsRequest,
  { signal }: { readonly signal: AbortSignal },
): AsyncGenerator<common.Data.$Properties> {
  const tail = request.tail_lines > 0 ? { tailLines: request.tail_lines } : {};
  const options = { follow: request.follow, signal, ...tail };
  // The kubelet's own log is a service's, whichever way it is asked for.
  if (request.namespace === kubernetesNamespace && request.id !== "kubelet") {
    return yield* toData(containerLog(await logPathOf(machine, request.id), options));
  }
  const ring = machine.logs.get(request.id);
  if (ring === undefined) throw new StatusError(Code.notFound, `log "${request.id}" was not registered`);
  yield* toData(ring.read(options));
}

async function logPathOf(machine: Pick<Machine, "containerd">, id: string): Promise<string> {
  const containerd = await machine.containerd();
  const { kind, internalId } = await findContainer(containerd, kubernetesNamespace, id);
  const path = kind === "container" ? await containerd.runtimeService.logPath(internalId) : "";
  if (path !== "") return path;
  throw new StatusError(Code.notFound, `"${id}" has no log: name one of the pod's containers, as ${id}:<container>`);
}

/** MachineService/LogsContainers: the ids that Logs knows. */
export const logsContainers = async ({ logs }: Machine): Promise<machine.LogsContainersResponse.$Properties> => ({
  messages: [{ ids: logs.ids() }],
});
