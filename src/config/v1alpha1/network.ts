import { boolean, integer, list, section, string } from "../describe.ts";
import { address, hostname, prefix, prefixOrExclusion } from "../formats.ts";
import { networkInterface } from "./network-interface.ts";

const extraHost = section({
  doc: "A line of /etc/hosts.",
  fields: {
    ip: string({ doc: "Address.", check: address }),
    aliases: list(string({ doc: "Name." }), { doc: "Names of the address." }),
  },
});

const kubespan = section({
  doc: "Encrypted mesh between the machines of the cluster.",
  example: { enabled: true },
  fields: {
    enabled: boolean({
      doc: "Join the mesh; discovery must be on, for members find each other by it.",
      default: false,
    }),
    advertiseKubernetesNetworks: boolean({
      doc: "Carry pod networks over the mesh as well.",
      since: "1.2",
      default: false,
    }),
    allowDownPeerBypass: boolean({ doc: "Send traffic in the clear while a peer is down.", default: false }),
    harvestExtraEndpoints: boolean({
      doc: "Learn addresses of peers from the traffic they send.",
      since: "1.6",
      default: false,
    }),
    mtu: integer({
      doc: "Largest packet on the mesh link; 1420 when empty.",
      since: "1.3",
      minimum: 1_280,
      maximum: 65_535,
    }),
    filters: section({
      doc: "Which addresses take part.",
      since: "1.3",
      fields: {
        endpoints: list(string({ doc: "Prefix.", check: prefixOrExclusion }), {
          doc: "Prefixes of addresses that are announced.",
        }),
        excludeAdvertisedNetworks: list(string({ doc: "Prefix.", check: prefix }), {
          doc: "Networks that are never announced.",
          since: "1.12",
        }),
      },
    }),
  },
});

/** `machine.network`. From 1.12 on, most of it is better said in documents of their own. */
export const network = section({
  doc: "How this machine is connected.",
  effect: "live",
  fields: {
    hostname: string({
      doc: "A fixed name for the machine, with its domain if it has one.",
      check: hostname,
      replacedBy: "HostnameConfig",
    }),
    interfaces: list(networkInterface, {
      doc: "Links, and what each gets: addresses, routes, DHCP, bonds, VLANs.",
      replacedBy: "LinkConfig",
      merge: { keys: ["interface", "deviceSelector"] },
    }),
    nameservers: list(string({ doc: "Address.", check: address }), {
      doc: "Servers asked for names, in order.",
      replacedBy: "ResolverConfig",
    }),
    searchDomains: list(string({ doc: "Domain." }), {
      doc: "Domains tried for short names.",
      since: "1.9",
      replacedBy: "ResolverConfig",
    }),
    extraHostEntries: list(extraHost, { doc: "Lines added to /etc/hosts.", replacedBy: "StaticHostConfig" }),
    kubespan,
    disableSearchDomain: boolean({
      doc: "Leave the machine's domain out of the search list.",
      since: "1.1",
      default: false,
      replacedBy: "ResolverConfig",
    }),
  },
});
