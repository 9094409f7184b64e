import { Code, StatusError } from "../../../grpc/status.ts";
import type { machine } from "../../../proto/index.ts";
import type { Machine } from "../../machine.ts";
import { listContainers, namespaceOf } from "./listing.ts";

const sigterm = 15;

/** MachineService/Restart: ends a container's process; whoever looks after it starts it again. */
export async function restart(
  machine: Machine,
  request: machine.RestartRequest,
): Promise<machine.RestartResponse.$Properties> {
  const namespace = namespaceOf(await machine.containerd(), request.namespace);
  const found = (await listContainers(namespace)).find(({ displayId }) => displayId === request.id);
  if (found === undefined) throw new StatusError(Code.notFound, `container "${request.id}" not found`);
  await namespace.tasks.kill(found.internalId, sigterm);
  return { messages: [{}] };
}
