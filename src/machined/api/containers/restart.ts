import type { machine } from "../../../proto/index.ts";
import type { Machine } from "../../machine.ts";
import { findContainer } from "./find-container.ts";

const sigterm = 15;
/** How long a container of a pod may take to end; the kubelet would ask the pod. */
const graceS = 10;

/** MachineService/Restart: ends a container's process; whoever looks after it starts it again. */
export async function restart(
  machine: Pick<Machine, "containerd">,
  request: machine.RestartRequest,
): Promise<machine.RestartResponse.$Properties> {
  const containerd = await machine.containerd();
  const { kind, internalId } = await findContainer(containerd, request.namespace, request.id);
  if (kind === "own") await containerd.in(request.namespace).tasks.kill(internalId, sigterm);
  else if (kind === "container") await containerd.runtimeService.stopContainer(internalId, graceS);
  else await containerd.runtimeService.stopPod(internalId);
  return { messages: [{}] };
}
