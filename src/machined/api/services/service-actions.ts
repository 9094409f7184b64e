import { Code, StatusError } from "../../../grpc/status.ts";
import type { machine } from "../../../proto/index.ts";
import type { Machine } from "../../machine.ts";

/**
 * What a client may ask of which service. The rest is the machine's own business: it keeps them running, and a
 * stopped etcd or apid would cut the caller off.
 */
const allowed = {
  start: (id: string) => id === "kubelet" || id.startsWith("ext-"),
  stop: (id: string) => id.startsWith("ext-"),
  restart: (id: string) => id === "kubelet" || id.startsWith("ext-"),
} as const;

type Action = keyof typeof allowed;
const done: Readonly<Record<Action, string>> = { start: "started", stop: "stopped", restart: "restarted" };

async function act(action: Action, { supervisor }: Machine, id: string): Promise<{ resp: string }> {
  if (!supervisor.list().some((service) => service.id === id)) {
    throw new StatusError(Code.notFound, `service "${id}" not defined`);
  }
  if (!allowed[action](id)) {
    throw new StatusError(Code.invalidArgument, `service "${id}" doesn't support ${action} operation via API`);
  }
  await supervisor[action](id);
  return { resp: `Service "${id}" ${done[action]}` };
}

/** MachineService/ServiceStart. */
export const serviceStart = async (machine: Machine, { id }: machine.ServiceStartRequest) => ({
  messages: [await act("start", machine, id)],
});

/** MachineService/ServiceStop. */
export const serviceStop = async (machine: Machine, { id }: machine.ServiceStopRequest) => ({
  messages: [await act("stop", machine, id)],
});

/** MachineService/ServiceRestart. */
export const serviceRestart = async (machine: Machine, { id }: machine.ServiceRestartRequest) => ({
  messages: [await act("restart", machine, id)],
});
