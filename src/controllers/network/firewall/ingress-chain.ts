import type { NfTablesChain } from "../../../resources/network/nftables-chain.ts";
import { nftablesChainPriority } from "../../../resources/network/nftables-names.ts";
import type { ChainRule } from "./compile-rule.ts";
import { chainRule, type Firewall, trustedLinks } from "./ingress-rules.ts";

export interface ClusterNetwork {
  /** Prefixes of pods and of services. */
  readonly subnets: readonly string[];
  /** Where pods ask the machine's resolver. */
  readonly resolver?: string;
}

/** Decides about what has arrived for the machine: behind connection tracking, before Kubernetes' own rules. */
export const ingressChain = (firewall: Firewall, cluster: ClusterNetwork | undefined): NfTablesChain => ({
  type: "filter",
  hook: "input",
  priority: nftablesChainPriority.valueFor(nftablesChainPriority.numbers.mangle + 10),
  policy: firewall.blocks ? "drop" : "accept",
  rules: [
    trustedLinks,
    ...(firewall.blocks ? [...standard, ...(cluster === undefined ? [] : ofCluster(cluster))] : []),
    ...firewall.rules.map((rule) => chainRule(rule, firewall.blocks)),
  ],
});

const icmpPerSecond = 5;

/** What a machine that refuses everything lets in all the same. */
const standard: readonly ChainRule[] = [
  counted("accept", { matchConntrackState: { states: ["established", "related"] } }),
  counted("drop", { matchConntrackState: { states: ["invalid"] } }),
  // A machine's clock and netmask are nobody's business: timestamp and address mask, CVE-1999-0524.
  counted("drop", { matchLayer4: { protocol: "icmp", matchICMPType: { types: [13, 14, 17, 18] } } }),
  ...(["icmp", "icmpv6"] as const).map((protocol) =>
    counted("accept", { matchLayer4: { protocol }, matchLimit: { packetRatePerSecond: icmpPerSecond } }),
  ),
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
