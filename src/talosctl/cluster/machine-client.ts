import type { Response } from "../client/client.ts";
import { openClient } from "../client/open.ts";
import type { ServiceStatus } from "./readiness.ts";
import type { NodeState } from "./state.ts";

/** A connection to one machine's API, kept while it is watched. */
export interface MachineClient extends Disposable {
  /** Its services, in the machine's own order. Rejects while the API does not answer. */
  services(signal: AbortSignal): Promise<ServiceStatus[]>;
  /** Lets its etcd begin a cluster. Rejects when it refuses. */
  bootstrap(signal: AbortSignal): Promise<void>;
}

type NodeLocation = Pick<NodeState, "address" | "host" | "ports">;

/**
 * Talks to a machine as every other command does, with the cluster's talosconfig.
 * @throws Failure when the talosconfig cannot be used.
 */
export async function openMachine(talosconfig: string, { address, host, ports }: NodeLocation): Promise<MachineClient> {
  const client = await openClient({
    talosconfig,
    nodes: [address],
    endpoints: [`${host}:${ports.apid}`],
    ...{ context: undefined, cluster: undefined, siderov1KeysDir: undefined },
  });
  return {
    async services(signal) {
      const replies = await client.call("machine.MachineService/ServiceList", {}, { signal });
      // A node that could not answer is not in the replies.
      const [failure] = client.failures.splice(0);
      if (failure !== undefined) throw new Error(failure.message);
      return replies.flatMap(({ message }) => message.services).map(statusOf);
    },
    async bootstrap(signal) {
      await client.call("machine.MachineService/Bootstrap", {}, { signal });
    },
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
}

type ServiceInfo = Response<"machine.MachineService/ServiceList">["messages"][number]["services"][number];

const statusOf = ({ id, state, events, health }: ServiceInfo): ServiceStatus => ({
  id,
  state,
  message: events?.events.at(-1)?.msg ?? "",
  healthy: health == null || health.unknown ? undefined : health.healthy,
});
