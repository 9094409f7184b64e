import type { Dhcp6Event, Dhcp6Lease } from "../../../net/dhcp6/client.ts";
import { type Dhcp6Transport, keepAddresses } from "../../../net/dhcp6/run.ts";
import { LinkDatagramSocket } from "../../../netlink/link-datagram-socket.ts";
import { AddressFlag } from "../../../netlink/rtnetlink/constants.ts";
import { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import type { LinkStatus } from "../../../resources/network/link-status.ts";
import type { OperatorSpec } from "../../../resources/network/operator-spec.ts";
import { duidOf, duidOfLink, ignoredDuid } from "../wanted/duid.ts";
import { holdLease, type News } from "./hold-lease.ts";

const [clientPort, serverPort] = [546, 547];
/** All servers and relays of a link, RFC 8415 §7.1. */
const allServers = "ff02::1:2";
/** Longer than the kernel takes to be sure of a link's own address. */
const longWaitMs = 30_000;

export interface Dhcp6Options {
  readonly spec: OperatorSpec;
  readonly link: Pick<LinkStatus, "index" | "hardwareAddr">;
  /** What servers give us now, or that it is nothing any more. */
  readonly onLease: (lease: Dhcp6Lease | undefined) => void;
  readonly log: (level: "info" | "warn", message: string) => void;
  /** Aborted with `notNeeded`, the addresses are given back. */
  readonly signal: AbortSignal;
}

/** Holds addresses of DHCPv6 for a link until the signal aborts; whatever goes wrong, it begins anew. Never rejects. */
export function runDhcp6({ spec, link, onLease, log, signal }: Dhcp6Options): Promise<void> {
  const { linkName, dhcp6 } = spec;
  return holdLease({
    ...{ protocol: "DHCPv6", linkName, leaseOf, newsOf, onLease, log, signal },
    async *events() {
      using rtnetlink = new Rtnetlink();
      await untilLinkLocal({ rtnetlink, spec, link, log, signal });
      using socket = dhcp6Socket(link.index);
      yield* keepAddresses({
        ...{ ...identityOf(spec, link, log), transport: transportOf(socket, rtnetlink, link.index), signal },
        ignoresNames: dhcp6?.skipHostnameRequest ?? false,
      });
    },
  });
}

/** A way to all servers of a link. */
export const dhcp6Socket = (linkIndex: number): LinkDatagramSocket =>
  new LinkDatagramSocket(linkIndex, clientPort, { group: allServers, port: serverPort });

/** Our DUID, and the association's id: the end of the hardware address, the same whatever the link is called. */
function identityOf({ linkName, dhcp6 }: OperatorSpec, link: Dhcp6Options["link"], log: Dhcp6Options["log"]) {
  const hardwareAddress = Uint8Array.fromHex(link.hardwareAddr.replaceAll(":", ""));
  const { clientIdentifier, duidRawHex = "" } = dhcp6?.clientIdentifier ?? {};
  const given = clientIdentifier === "duid" ? duidOf(duidRawHex) : undefined;
  if (clientIdentifier === "duid" && given === undefined) log("warn", ignoredDuid(linkName, duidRawHex));
  const associationId = hardwareAddress.subarray(-4).reduce((sum, byte) => sum * 256 + byte, 0);
  return { clientId: given ?? duidOfLink(hardwareAddress), associationId };
}

const transportOf = (socket: LinkDatagramSocket, rtnetlink: Rtnetlink, linkIndex: number): Dhcp6Transport => ({
  send: (datagram) => socket.send(datagram),
  datagrams: (signal) => socket.datagrams(signal),
  async *conflicts(signal) {
    for await (const change of rtnetlink.changes(["address"], signal)) {
      if (change.kind !== "address" || change.removed || change.address.linkIndex !== linkIndex) continue;
      if ((change.address.flags & AddressFlag.dadFailed) !== 0) yield change.address.address;
    }
  },
});

/** Until the link has an address of its own to ask from. */
async function untilLinkLocal({
  rtnetlink,
  spec,
  link,
  log,
  signal,
}: Pick<Dhcp6Options, "spec" | "link" | "log" | "signal"> & { readonly rtnetlink: Rtnetlink }): Promise<void> {
  const enough = new AbortController();
  const late = () =>
    log("warn", `DHCPv6 waits: ${spec.linkName} has no link-local address. Is IPv6 switched off for it?`);
  const timer = setTimeout(late, longWaitMs);
  try {
    const changes = rtnetlink.changes(["address"], AbortSignal.any([signal, enough.signal]));
    if (hasLinkLocal(rtnetlink, link.index)) return;
    for await (const _ of changes) if (hasLinkLocal(rtnetlink, link.index)) return;
  } finally {
    clearTimeout(timer);
    enough.abort();
  }
}

const unready = AddressFlag.tentative | AddressFlag.dadFailed;

const hasLinkLocal = (rtnetlink: Rtnetlink, index: number): boolean =>
  rtnetlink
    .addresses()
    .some(
      ({ linkIndex, family, scope, flags }) =>
        linkIndex === index && family === "inet6" && scope === "link" && (flags & unready) === 0,
    );

const leaseOf = (event: Dhcp6Event): Dhcp6Lease | undefined => (event.kind === "bound" ? event.lease : undefined);

function newsOf(event: Dhcp6Event, before: Dhcp6Lease | undefined, linkName: string): News | undefined {
  if (event.kind === "lost") return ["warn", `${linkName} lost its addresses of DHCPv6: ${lostBy[event.reason]}`];
  const fresh = event.lease.addresses.filter((address) => !before?.addresses.includes(address));
  return fresh.length === 0 ? undefined : ["info", `${linkName} is ${fresh.join(", ")} by DHCPv6`];
}

const lostBy = {
  expired: "they expired, and no server renewed them",
  refused: "the server took them back",
  conflict: "another machine has them as well",
} as const;
