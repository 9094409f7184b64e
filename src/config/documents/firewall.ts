import { list, oneOf, section, string } from "../describe.ts";
import { portOrRange, prefix } from "../formats.ts";

/** `NetworkDefaultActionConfig`: what happens to packets no rule is about. */
export const networkDefaultActionConfig = section({
  doc: "What the firewall does with packets that no rule is about.",
  since: "1.6",
  effect: "live",
  fields: {
    ingress: oneOf(["accept", "block"], {
      doc: "What happens to incoming packets.",
      default: "accept",
      example: "block",
    }),
  },
});

/** `NetworkRuleConfig`: who may reach which ports. */
export const networkRuleConfig = section({
  doc: "Who may reach some of the machine's ports.",
  since: "1.6",
  effect: "live",
  fields: {
    name: string({ doc: "Name of the rule.", required: true, example: "ingress-kubelet" }),
    portSelector: section({
      doc: "The ports it is about.",
      fields: {
        ports: list(string({ doc: "Port or range.", check: portOrRange }), {
          doc: "Ports, each a number or a range such as 30000-32767.",
          merge: "replace",
          required: true,
          example: [10_250, "30000-32767"],
        }),
        protocol: oneOf(["tcp", "udp", "icmp", "icmpv6"], { doc: "Protocol.", default: "tcp", example: "tcp" }),
      },
    }),
    ingress: list(
      section({
        doc: "Addresses that may come in.",
        fields: {
          subnet: string({ doc: "Their prefix.", check: prefix, required: true }),
          except: string({ doc: "A part of the prefix that may not.", check: prefix }),
        },
      }),
      {
        doc: "Who may come in; nobody when empty.",
        merge: "replace",
        example: [{ subnet: "192.168.0.0/16", except: "192.168.0.3/32" }],
      },
    ),
  },
});
