import { isIPv6 } from "node:net";
import { defineController } from "../../cosi/controller.ts";
import { NodeIP } from "../../resources/k8s/node-ip.ts";
import { NodeAddress } from "../../resources/network/node-address.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";
import { addressOf } from "../secrets/names.ts";
import { inSubnets } from "../subnets.ts";

/** Chooses the addresses by which the kubelet knows this machine: at most one of each family. */
export const nodeIpController = () =>
  defineController({
    name: "k8s.NodeIPController",
    inputs: [activeConfigInput, { kind: NodeAddress, id: "routed", strength: "weak" }],
    outputs: [{ kind: NodeIP, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      const addresses = (await context.get(NodeAddress, "routed"))?.spec.addresses.map(addressOf);
      if (config === undefined || addresses === undefined) return;
      const subnets = config.machine.kubelet.nodeIP.validSubnets.filter((prefix) => prefix !== undefined);
      const chosen = inSubnets(
        addresses,
        subnets.filter((prefix) => !prefix.startsWith("!")),
        subnets.filter((prefix) => prefix.startsWith("!")).map((prefix) => prefix.slice(1)),
      );
      const ipv4 = chosen.find((address) => !isIPv6(address));
      const ipv6 = chosen.find(isIPv6);
      const both = [ipv4, ipv6].filter((address) => address !== undefined);
      if (both.length > 0) await context.put(NodeIP, "kubelet", { addresses: both });
    },
  });
