import { boolean, integer, list, section, string } from "../describe.ts";
import { address, hardwareAddress as hardwareAddressFormat, linkName, prefix, routingTable } from "../formats.ts";

/** Numbers as wide as the kernel keeps them, where zero means what nothing means. */
export const uint32 = (doc: string) => integer({ doc, minimum: 0, maximum: 2 ** 32 - 1 });

/** The same where zero is a setting. */
export const setting = {
  uint8: (doc: string) => integer({ doc, minimum: 0, maximum: 255, zeroCounts: true }),
  uint16: (doc: string) => integer({ doc, minimum: 0, maximum: 65_535, zeroCounts: true }),
  uint32: (doc: string) => integer({ doc, minimum: 0, maximum: 2 ** 32 - 1, zeroCounts: true }),
} as const;

/** The link a document is about, by its name or an alias. */
export const linkNameField = string({
  doc: "Name of the link, or its alias.",
  check: linkName,
  required: true,
  example: "enp0s1",
});

export const hardwareAddress = string({
  doc: "Hardware address to give it, instead of the one it comes with.",
  check: hardwareAddressFormat,
  example: "2e:3c:4d:5e:6f:70",
});

const route = section({
  doc: "A route through the link.",
  fields: {
    destination: string({ doc: "Where it leads; empty is the default route.", check: prefix, example: "10.0.0.0/8" }),
    gateway: string({ doc: "Next hop; empty when the destination is on the link.", check: address }),
    source: string({ doc: "Address that packets without one leave with.", check: address }),
    metric: uint32("Priority among routes to one destination; lower wins."),
    mtu: uint32("Largest packet along the route, in bytes."),
    table: string({
      doc: "Routing table: a number up to 255, local, main or default; main when empty.",
      check: routingTable,
    }),
  },
});

/** What every kind of link has besides its own fields. */
export const linkFields = {
  up: boolean({ doc: "Bring the link up; it comes up without being told when it has anything to do." }),
  mtu: uint32("Largest packet, in bytes; 0 leaves it as it is."),
  addresses: list(
    section({
      doc: "An address of the link.",
      fields: {
        address: string({ doc: "Address with its prefix length.", check: prefix, required: true }),
        routePriority: setting.uint32("Priority of the route to the address's own network; lower wins."),
      },
    }),
    { doc: "Addresses the link has.", example: [{ address: "192.168.1.100/24" }] },
  ),
  routes: list(route, { doc: "Routes through the link.", example: [{ gateway: "192.168.1.1" }] }),
  multicast: boolean({ doc: "Let the link carry multicast, or not." }),
};
