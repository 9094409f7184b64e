import { wireState } from "../cosi/wire/wire-state.ts";
import type { Channel } from "../grpc/client/channel.ts";
import { withMetadata } from "../grpc/client/with-metadata.ts";
import { resourceType } from "../resources/registry.ts";
import type { MachineAccess } from "./cluster.ts";

/** Asks each node through the one API that the channel leads to. */
export function machinesBehind(channel: Channel): (node: string) => MachineAccess {
  const machines = new Map<string, MachineAccess>();
  return (node) =>
    machines.getOrInsertComputed(node, () => {
      const through = withMetadata(channel, { node });
      return { channel: through, state: wireState(through, resourceType) };
    });
}
