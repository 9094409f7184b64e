import type { NfTablesChain } from "../../../resources/network/nftables-chain.ts";
import { nftablesChainPriority } from "../../../resources/network/nftables-names.ts";
import type { ChainRule } from "./compile-rule.ts";
import { chainRule, type Firewall, trustedLinks } from "./ingress-rules.ts";

/** What a machine that refuses everything has to let in for its own sake. */
export interface OwnNeeds {
  /** Links whose addresses come by DHCPv6. */
  readonly dhcp6Links: readonly string[];
  /** Undefined where it is part of no cluster. */
  readonly cluster: ClusterNetwork | undefined;
}

export interface ClusterNetwork {
  /** Prefixes of pods and of services. */
  readonly subnets: readonly string[];
  /** Where pods ask the machine's resolver. */
  readonly resolver?: string;
}

/** Decides about what has arrived for the machine: behind connection tracking, before Kubernetes' own rules. */
export const ingressChain = (firewall: Firewall, { dhcp6Links, cluster }: OwnNeeds): NfTablesChain => ({
  type: "filter",
  hook: "input",
  priority: nftablesChainPriority.valueFor(nftablesChainPriority.numbers.mangle + 10),
  policy: firewall.blocks ? "drop" : "accept",
  rules: [
    trustedLinks,
    ...(firewall.blocks
      ? [...standard, ...ofDhcp6(dhcp6Links), ...(cluster === undefined ? [] : ofCluster(cluster))]
      : []),
    ...firewall.rules.map((rule) => chainRule(rule, firewall.blocks)),
  ],
});

const icmpPerSecond = 5;

/**
 * What says who the neighbours and routers are, RFC 4890, 4.4.1: without a limit, or a few machines more on the link
 * would make all of them unreachable. Queries of groups, router advertisements, neighbour solicitations and answers.
 */
const neighbourDiscovery = [130, 134, 135, 136];

const standard: readonly ChainRule[] = [
  counted("accept", { matchConntrackState: { states: ["established", "related"] } }),
  counted("drop", { matchConntrackState: { states: ["invalid"] } }),
  // A machine's clock and netmask are nobody's business: timestamp and address mask, CVE-1999-0524.
  counted("drop", { matchLayer4: { protocol: "icmp", matchICMPType: { types: [13, 14, 17, 18] } } }),
  counted("accept", { matchLayer4: { protocol: "icmpv6", matchICMPType: { types: neighbourDiscovery } } }),
  ...(["icmp", "icmpv6"] as const).map((protocol) =>
    counted("accept", { matchLayer4: { protocol }, matchLimit: { packetRatePerSecond: icmpPerSecond } }),
  ),
];

/**
 * The question went to everybody on the link, so an answer belongs to no connection. It comes to the port of clients,
 * RFC 8415, 7.2; from which one is left to the server.
 */
const ofDhcp6 = (links: readonly string[]): readonly ChainRule[] =>
  links.length === 0
    ? []
    : [
        counted("accept", {
          matchIIfName: { interfaceName: links, operator: "==" },
          matchDestinationAddress: { includeSubnets: ["fe80::/10"] },
          matchLayer4: {
            protocol: "udp",
            matchDestinationPort: { ranges: [{ lo: 546, hi: 546 }] },
          },
        }),
      ];

/** Pods may ask the machine's resolver, and each other's services. */
function ofCluster({ subnets, resolver }: ClusterNetwork): readonly ChainRule[] {
  const fromCluster = { matchSourceAddress: { includeSubnets: subnets } };
  const questions = (["udp", "tcp"] as const).map((protocol) =>
    counted("accept", {
      ...fromCluster,
      matchDestinationAddress: { includeSubnets: [`${resolver}/32`] },
      matchLayer4: { protocol, matchDestinationPort: { ranges: [{ lo: 53, hi: 53 }] } },
    }),
  );
  return [
    ...(resolver === undefined ? [] : questions),
    counted("accept", { ...fromCluster, matchDestinationAddress: { includeSubnets: subnets } }),
  ];
}

function counted(verdict: "accept" | "drop", rule: ChainRule): ChainRule {
  return { ...rule, anonymousCounter: true, verdict };
}
