import { documentsOf, type MachineConfig } from "../../../config/index.ts";
import type { ChainRule } from "./compile-rule.ts";

/** One NetworkRuleConfig: who may reach which ports. */
export interface IngressRule {
  readonly protocol: Protocol;
  /** In order, as the validation of configurations made sure that they are apart. */
  readonly ports: readonly { readonly lo: number; readonly hi: number }[];
  readonly subnets: readonly string[];
  readonly exceptions: readonly string[];
}

type Protocol = NonNullable<ChainRule["matchLayer4"]>["protocol"];

/** The firewall of a configuration. */
export interface Firewall {
  /** Whether packets that no rule is about are refused. */
  readonly blocks: boolean;
  readonly rules: readonly IngressRule[];
}

/** What the configuration says of incoming packets; undefined when it lets all of them in. */
export function firewallOf(config: MachineConfig): Firewall | undefined {
  const [action] = documentsOf(config, "NetworkDefaultActionConfig");
  const blocks = action?.ingress === "block";
  const rules = documentsOf(config, "NetworkRuleConfig").map(({ portSelector, ingress }) => ({
    protocol: portSelector.protocol,
    ports: portSelector.ports.map(portRange).toSorted((a, b) => a.lo - b.lo),
    subnets: ingress.map(({ subnet = "" }) => subnet),
    exceptions: ingress.flatMap(({ except }) => (except === undefined ? [] : [except])),
  }));
  return blocks || rules.length > 0 ? { blocks, rules } : undefined;
}

/** `10250`, or `30000-32767`. */
function portRange(text = "") {
  const [lo = "", hi = lo] = text.split("-");
  return { lo: Number(lo), hi: Number(hi) };
}

/**
 * What a rule does in a chain. Where everything is refused, it lets in those whom it names; where everything is let
 * in, it refuses all but those.
 */
export function chainRule({ protocol, ports, subnets, exceptions }: IngressRule, blocks: boolean): ChainRule {
  return {
    matchSourceAddress: {
      includeSubnets: subnets,
      ...(exceptions.length === 0 ? {} : { excludeSubnets: exceptions }),
      ...(blocks ? {} : { invert: true }),
    },
    matchLayer4: {
      protocol,
      // Echo requests and the like have no ports; what they have in that place is a checksum.
      ...(protocol === "tcp" || protocol === "udp" ? { matchDestinationPort: { ranges: ports } } : {}),
    },
    anonymousCounter: true,
    verdict: blocks ? "accept" : "drop",
  };
}

/** What comes from the machine itself and from its tunnels, which let in only their own peers. */
export const trustedLinks: ChainRule = {
  matchIIfName: { interfaceName: ["lo", "siderolink", "kubespan"], operator: "==" },
  anonymousCounter: true,
  verdict: "accept",
};
