import type { DocumentValue } from "../documents/index.ts";
import { documentsOf } from "../machine-config.ts";
import type { Rule } from "./rule.ts";

/** Where apid listens: whoever is kept from it can change nothing any more. */
const apiPort = 50_000;

type FirewallRule = DocumentValue<"NetworkRuleConfig">;

/** A config that locks its administrators out is valid, but hardly what they want. */
const reachability: Rule = (config, { warn }) => {
  const [action] = documentsOf(config, "NetworkDefaultActionConfig");
  const blocks = action?.ingress === "block";
  const aboutApi = documentsOf(config, "NetworkRuleConfig").filter((rule) => isAbout(rule, apiPort));
  const letIn = aboutApi.filter(({ ingress }) => ingress.length > 0);
  if (blocks ? letIn.length > 0 : letIn.length === aboutApi.length) return;
  const path = blocks ? "NetworkDefaultActionConfig.ingress" : "NetworkRuleConfig.ingress";
  warn(path, `nobody will reach the machine's API: no NetworkRuleConfig lets anybody in at port ${apiPort} (tcp)`);
};

/** Where everything may come in, each rule keeps out all but its own: of two, nobody is left but whom both name. */
const overlaps: Rule = (config, { warn }) => {
  const [action] = documentsOf(config, "NetworkDefaultActionConfig");
  if (action?.ingress === "block") return;
  const rules = documentsOf(config, "NetworkRuleConfig");
  for (const [index, rule] of rules.entries()) {
    const other = rules.slice(0, index).find((earlier) => overlap(earlier, rule));
    if (other === undefined) continue;
    warn(
      "NetworkRuleConfig.portSelector.ports",
      `the rules "${other.name}" and "${rule.name}" are about the same ports: only those whom both name come in`,
    );
  }
};

const isAbout = ({ portSelector: { ports, protocol } }: FirewallRule, port: number): boolean =>
  protocol === "tcp" && ports.map(rangeOf).some(({ low, high }) => low <= port && port <= high);

const overlap = (a: FirewallRule, b: FirewallRule): boolean =>
  a.portSelector.protocol === b.portSelector.protocol &&
  a.portSelector.ports
    .map(rangeOf)
    .some((left) =>
      b.portSelector.ports.map(rangeOf).some((right) => left.low <= right.high && right.low <= left.high),
    );

function rangeOf(text = "") {
  const [low = "", high = low] = text.split("-");
  return { low: Number(low), high: Number(high) };
}

/** What the documents of the firewall say together. */
export const firewallRules: readonly Rule[] = [reachability, overlaps];
