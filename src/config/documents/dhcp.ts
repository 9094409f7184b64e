import { boolean, oneOf, section, string } from "../describe.ts";
import { hardwareAddress } from "../formats.ts";
import { linkNameField, uint32 } from "./link-fields.ts";

const fields = {
  name: linkNameField,
  routeMetric: uint32("Priority of the routes that come with the lease; lower wins, 1024 when empty."),
  ignoreHostname: boolean({ doc: "Leave the host name that comes with the lease unused." }),
  clientIdentifier: oneOf(["none", "mac", "duid"], { doc: "By what the server knows us again; mac when empty." }),
  duidRaw: string({
    doc: "The unique identifier to send, as pairs of hex digits; with `clientIdentifier: duid` only.",
    check: hardwareAddress,
    example: "00:01:00:01:23:45:67:89:ab:cd:ef:01:23:45",
  }),
};

/** `DHCPv4Config`: a link asks for its addresses. */
export const dhcp4Config = section({
  doc: "Asks for a link's addresses by DHCPv4.",
  since: "1.12",
  effect: "live",
  fields,
});

/** `DHCPv6Config`: the same for IPv6. */
export const dhcp6Config = section({
  doc: "Asks for a link's addresses by DHCPv6.",
  since: "1.12",
  effect: "live",
  fields,
});
