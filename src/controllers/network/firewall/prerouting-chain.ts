import type { NfTablesChain } from "../../../resources/network/nftables-chain.ts";
import { nftablesChainPriority } from "../../../resources/network/nftables-names.ts";
import type { ChainRule } from "./compile-rule.ts";
import { chainRule, type Firewall, trustedLinks } from "./ingress-rules.ts";

/**
 * Decides about new connections to the machine's own addresses before services are translated: a node port is a port
 * of the machine too, though what comes in there never arrives at the machine.
 * @param addresses with prefix lengths, which do not count
 */
export const preroutingChain = (firewall: Firewall, addresses: readonly string[]): NfTablesChain => ({
  type: "filter",
  hook: "prerouting",
  priority: nftablesChainPriority.valueFor(nftablesChainPriority.numbers["nat-dest"] - 10),
  policy: "accept",
  rules: [
    trustedLinks,
    { matchDestinationAddress: { includeSubnets: addresses.map(alone), invert: true }, ...counted, verdict: "accept" },
    ...firewall.rules.map((rule) => ({ ...isNew, ...chainRule(rule, firewall.blocks) })),
    ...(firewall.blocks ? rest : []),
  ],
});

const counted = { anonymousCounter: true } as const;
const isNew = { matchConntrackState: { states: ["new"] } } as const satisfies ChainRule;

const rest: readonly ChainRule[] = (["tcp", "udp"] as const).map((protocol) => ({
  ...isNew,
  matchLayer4: { protocol },
  ...counted,
  verdict: "drop",
}));

function alone(prefix: string): string {
  const [address = ""] = prefix.split("/");
  return `${address}/${address.includes(":") ? 128 : 32}`;
}
