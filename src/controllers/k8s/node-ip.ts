import { isIPv6 } from "node:net";
import { defineController } from "../../cosi/controller.ts";
import { NodeIP } from "../../resources/k8s/node-ip.ts";
import { NodeIPConfig } from "../../resources/k8s/node-ip-config.ts";
import { NodeAddress } from "../../resources/network/node-address.ts";
import { addressOf } from "../secrets/names.ts";
import { inSubnets } from "../subnets.ts";
import { warnOnce } from "../warn-once.ts";

/** Chooses the addresses by which the kubelet knows this machine: at most one of each family. */
export const nodeIpController = () => {
  const warn = warnOnce();
  return defineController({
    name: "k8s.NodeIPController",
    inputs: [
      { kind: NodeIPConfig, id: "kubelet", strength: "weak" },
      { kind: NodeAddress, id: "routed-no-k8s", strength: "weak" },
    ],
    outputs: [{ kind: NodeIP, sharing: "exclusive" }],
    async reconcile(context) {
      const config = (await context.get(NodeIPConfig, "kubelet"))?.spec;
      const addresses = (await context.get(NodeAddress, "routed-no-k8s"))?.spec.addresses.map(addressOf);
      if (config === undefined || addresses === undefined) return;
      const { validSubnets = [], excludeSubnets } = config;
      const chosen = inSubnets(
        addresses,
        validSubnets.filter((prefix) => !prefix.startsWith("!")),
        [
          ...excludeSubnets,
          ...validSubnets.filter((prefix) => prefix.startsWith("!")).map((prefix) => prefix.slice(1)),
        ],
      );
      const ipv4 = chosen.find((address) => !isIPv6(address));
      const ipv6 = chosen.find(isIPv6);
      const both = [ipv4, ipv6].filter((address) => address !== undefined);
      const fitsNone = both.length === 0 && addresses.length > 0;
      const trouble = `no address of this machine fits the subnets for the kubelet: ${addresses.join(", ")}`;
      warn(context, fitsNone ? trouble : undefined);
      if (both.length > 0) await context.put(NodeIP, "kubelet", { addresses: both });
    },
  });
};
