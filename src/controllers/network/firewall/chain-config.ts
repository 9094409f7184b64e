import type { MachineConfig } from "../../../config/index.ts";
import { defineController } from "../../../cosi/controller.ts";
import { HostDNSConfig } from "../../../resources/network/host-dns-config.ts";
import { NfTablesChain } from "../../../resources/network/nftables-chain.ts";
import { NodeAddress } from "../../../resources/network/node-address.ts";
import { OperatorSpec } from "../../../resources/network/operator-spec.ts";
import { activeConfig, activeConfigInput } from "../../active-config.ts";
import { type ClusterNetwork, ingressChain } from "./ingress-chain.ts";
import { firewallOf } from "./ingress-rules.ts";
import { preroutingChain } from "./prerouting-chain.ts";

/** Says which packets may come in, from the firewall documents of the configuration. */
export const nftablesChainConfigController = () =>
  defineController({
    name: "network.NfTablesChainConfigController",
    inputs: [
      activeConfigInput,
      { kind: NodeAddress, strength: "weak" },
      { kind: HostDNSConfig, id: "config", strength: "weak" },
      { kind: OperatorSpec, strength: "weak" },
    ],
    outputs: [{ kind: NfTablesChain, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      const firewall = config === undefined ? undefined : firewallOf(config);
      if (config === undefined || firewall === undefined) return;
      const hostDns = await context.get(HostDNSConfig, "config");
      const cluster = clusterNetworkOf(config, hostDns?.spec.serviceHostDNSAddress);
      const operators = (await context.list(OperatorSpec)).map(({ spec }) => spec);
      const dhcp6Links = operators.filter(({ operator }) => operator === "dhcp6").map(({ linkName }) => linkName);
      await context.put(NfTablesChain, "ingress", ingressChain(firewall, { dhcp6Links, cluster }));
      // A machine that is no node has addresses of pods neither.
      const addresses = (await context.get(NodeAddress, "routed-no-k8s")) ?? (await context.get(NodeAddress, "routed"));
      if (addresses === undefined) return;
      await context.put(NfTablesChain, "prerouting", preroutingChain(firewall, addresses.spec.addresses));
    },
  });

/** Documents alone, without the machine's own, make no node. */
function clusterNetworkOf({ node, cluster }: MachineConfig, resolver: string | undefined): ClusterNetwork | undefined {
  if (node === undefined) return undefined;
  const { podSubnets, serviceSubnets } = cluster.network;
  return { subnets: [...podSubnets, ...serviceSubnets], ...(resolver === undefined ? {} : { resolver }) };
}
