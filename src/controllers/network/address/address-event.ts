import { defineController } from "../../../cosi/controller.ts";
import { HostnameStatus } from "../../../resources/network/hostname-status.ts";
import { NodeAddress } from "../../../resources/network/node-address.ts";

/** Under which name and addresses a machine can be reached now. */
export interface Whereabouts {
  readonly hostname: string;
  /** Without prefix lengths. */
  readonly addresses: readonly string[];
}

/** Tells whoever follows the machine's events where to find it, each time that changes. */
export const addressEventController = (publish: (whereabouts: Whereabouts) => void) => {
  // Nowhere: until there is a name or an address there is nothing to tell.
  let told = JSON.stringify({ hostname: "", addresses: [] } satisfies Whereabouts);
  return defineController({
    name: "network.AddressEventController",
    inputs: [
      { kind: NodeAddress, id: "current", strength: "weak" },
      { kind: NodeAddress, id: "current-no-k8s", strength: "weak" },
      { kind: HostnameStatus, id: "hostname", strength: "weak" },
    ],
    outputs: [],
    async reconcile(context) {
      // Before there is a config nobody knows which addresses are pods', and there are none.
      const ofNode = await context.get(NodeAddress, "current-no-k8s");
      const addresses = (ofNode ?? (await context.get(NodeAddress, "current")))?.spec.addresses ?? [];
      const hostname = (await context.get(HostnameStatus, "hostname"))?.spec.hostname ?? "";
      const whereabouts = { hostname, addresses: addresses.map((prefix) => prefix.replace(/\/\d+$/, "")) };
      const telling = JSON.stringify(whereabouts);
      if (telling === told) return;
      told = telling;
      publish(whereabouts);
    },
  });
};
