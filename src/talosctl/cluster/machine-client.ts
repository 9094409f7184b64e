import { Failure } from "../../errors/failure.ts";
import { connect } from "../../grpc/client/connect.ts";
import { methods } from "../../proto/methods.ts";
import { credentialsOf } from "../../talosconfig/certificate.ts";
import { readTalosconfig } from "../../talosconfig/file.ts";
import type { ServiceStatus } from "./readiness.ts";
import type { NodeState } from "./state.ts";

/** A connection to one machine's API, kept while it is watched. */
export interface MachineClient extends Disposable {
  /** Its services, in the machine's own order. Rejects while the API does not answer. */
  services(signal: AbortSignal): Promise<ServiceStatus[]>;
}

const path = "machine.MachineService/ServiceList";

/**
 * Talks to a machine as the cluster's talosconfig allows.
 * @throws Failure when the talosconfig cannot be used.
 */
export async function openMachine(
  talosconfig: string,
  node: Pick<NodeState, "host" | "ports">,
): Promise<MachineClient> {
  const config = await readTalosconfig(talosconfig);
  const context = config.contexts.get(config.context);
  if (context === undefined) throw new Failure(`Cannot use "${talosconfig}": it has no context "${config.context}"`);
  const { ca, certificate, key } = credentialsOf(context);
  // The node's own address, not the context's endpoints: those may have been edited.
  const channel = connect({
    target: { host: node.host, port: node.ports.apid, tls: { authorities: [ca], certificate, key } },
  });
  const { request, response } = methods[path];
  return {
    async services(signal) {
      const reply = await channel.unary({ path, request, response }, {}, { signal });
      return reply.messages.flatMap(({ services }) => services).map(statusOf);
    },
    [Symbol.dispose]: () => channel.close(),
  };
}

/** The part of `machine.ServiceInfo` that the wait looks at. */
interface ServiceInfo {
  readonly id: string;
  readonly state: string;
  readonly events?: { readonly events: readonly { readonly msg: string }[] } | null;
  readonly health?: { readonly unknown: boolean; readonly healthy: boolean } | null;
}

const statusOf = ({ id, state, events, health }: ServiceInfo): ServiceStatus => ({
  id,
  state,
  message: events?.events.at(-1)?.msg ?? "",
  healthy: health == null || health.unknown ? undefined : health.healthy,
});
