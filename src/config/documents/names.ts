import { boolean, list, oneOf, section, string } from "../describe.ts";
import { address, hostname } from "../formats.ts";

/** `HostnameConfig`: the machine's name, given or derived. */
export const hostnameConfig = section({
  doc: "The machine's name: a fixed one, or one derived from its identity.",
  since: "1.12",
  effect: "live",
  fields: {
    auto: oneOf(["stable", "off"], {
      doc: "Derive the name from the machine's identity (stable), or leave it to hostname and the network (off).",
      example: "stable",
    }),
    hostname: string({
      doc: "A fixed name, with its domain if it has one; needs `auto: off`, or no auto.",
      check: hostname,
      example: "node-1.example.org",
    }),
  },
});

/** `ResolverConfig`: who is asked for names. */
export const resolverConfig = section({
  doc: "Who is asked for names, and what is tried for short ones.",
  since: "1.12",
  effect: "live",
  fields: {
    nameservers: list(
      section({
        doc: "A server.",
        fields: { address: string({ doc: "Its address.", check: address, required: true }) },
      }),
      {
        doc: "Servers, tried in order; empty uses those of DHCP, or the defaults.",
        example: [{ address: "10.0.0.1" }],
      },
    ),
    searchDomains: section({
      doc: "What is tried for short names.",
      fields: {
        domains: list(string({ doc: "Domain." }), { doc: "Domains, tried in order.", example: ["example.org"] }),
        disableDefault: boolean({ doc: "Leave the machine's own domain out.", default: false }),
      },
    }),
  },
});

/** `StaticHostConfig`: a line of /etc/hosts; the document's name is the address. */
export const staticHostConfig = section({
  doc: "A line of /etc/hosts.",
  since: "1.12",
  effect: "live",
  fields: {
    name: string({ doc: "The address.", check: address, required: true, example: "10.5.0.2" }),
    hostnames: list(string({ doc: "Name." }), {
      doc: "Names of the address.",
      required: true,
      example: ["my-server", "my-server.example.org"],
    }),
  },
});
