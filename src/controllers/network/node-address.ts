import { defineController } from "../../cosi/controller.ts";
import type { Resource } from "../../cosi/resource.ts";
import { AddressStatus } from "../../resources/network/address-status.ts";
import { LinkStatus } from "../../resources/network/link-status.ts";
import { NodeAddress } from "../../resources/network/node-address.ts";

/**
 * The addresses this machine is known by: `current` on links that are up, `routed` the same as long as nothing is
 * tunnelled, `accumulative` every one since boot (certificates must not lose names), `default` the first one ever.
 */
export const nodeAddressController = () =>
  defineController({
    name: "network.NodeAddressController",
    inputs: [
      { kind: AddressStatus, strength: "weak" },
      { kind: LinkStatus, strength: "weak" },
    ],
    outputs: [{ kind: NodeAddress, sharing: "exclusive" }],
    async reconcile(context) {
      const links = new Map((await context.list(LinkStatus)).map(({ metadata, spec }) => [metadata.id, spec]));
      const current = (await context.list(AddressStatus))
        .filter((address) => isOfTheNode(address) && links.get(address.spec.linkName)?.linkState === true)
        .map(({ spec }) => spec.address)
        .sort(byFamilyThenText);
      const before = (await context.get(NodeAddress, "accumulative"))?.spec.addresses ?? [];
      const known = (await context.get(NodeAddress, "default"))?.spec.addresses ?? [];
      const accumulative = [...new Set([...before, ...current])].sort(byFamilyThenText);
      const put = (id: string, addresses: readonly string[]) =>
        context.put(NodeAddress, id, { addresses: [...addresses], sortAlgorithm: "v1" });
      // Never overwritten: what others were told at first stays true for them.
      const first = known.length > 0 ? known : current.slice(0, 1);
      if (first.length > 0) await put("default", first);
      await put("current", current);
      await put("routed", current);
      await put("accumulative", accumulative);
    },
  });

/** Not loopback, link-local or multicast: reachable from elsewhere. */
function isOfTheNode({ spec }: Resource<AddressStatus>): boolean {
  return spec.scope === "global" && !/^(127\.|169\.254\.|::1\/|fe80:|ff)/i.test(spec.address);
}

const byFamilyThenText = (a: string, b: string): number =>
  Number(a.includes(":")) - Number(b.includes(":")) || a.localeCompare(b, "en", { numeric: true });
