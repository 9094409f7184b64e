import { boolean, list, oneOf, section, string } from "../describe.ts";
import { address, duration, hostname } from "../formats.ts";

/** `HostnameConfig`: the machine's name, given or derived. */
export const hostnameConfig = section({
  doc: "The machine's name.",
  effect: "live",
  fields: {
    auto: oneOf(["stable", "off"], {
      doc: "Derive the name from the machine's identity (stable), or leave it to the network (off).",
    }),
    hostname: string({ doc: "A fixed name.", check: hostname, example: "node-1.example.org" }),
  },
});

/** `ResolverConfig`: who is asked for names. */
export const resolverConfig = section({
  doc: "Who is asked for names.",
  effect: "live",
  fields: {
    nameservers: list(section({ doc: "A server.", fields: { address: string({ doc: "Address.", check: address }) } }), {
      doc: "Servers, tried in order.",
    }),
    searchDomains: section({
      doc: "What is tried for short names.",
      fields: {
        domains: list(string({ doc: "Domain." }), { doc: "Domains, tried in order." }),
        disableDefault: boolean({ doc: "Leave the machine's own domain out.", default: false }),
      },
    }),
  },
});

/** `TimeSyncConfig`: where the clock comes from. */
export const timeSyncConfig = section({
  doc: "Time synchronisation.",
  effect: "live",
  fields: {
    enabled: boolean({ doc: "Synchronise the clock.", default: true }),
    bootTimeout: string({
      doc: "How long boot waits for the first synchronisation; empty waits for ever.",
      check: duration,
    }),
    ntp: section({
      doc: "From servers.",
      fields: { servers: list(string({ doc: "Host." }), { doc: "Servers, tried in order." }) },
    }),
    ptp: section({
      doc: "From clocks of the hardware.",
      fields: { devices: list(string({ doc: "Path." }), { doc: "Devices, tried in order." }) },
    }),
  },
});

/** `StaticHostConfig`: a line of /etc/hosts; the document's name is the address. */
export const staticHostConfig = section({
  doc: "A line of /etc/hosts.",
  effect: "live",
  fields: {
    name: string({ doc: "Address.", check: address }),
    hostnames: list(string({ doc: "Name.", check: hostname }), { doc: "Names of the address." }),
  },
});
