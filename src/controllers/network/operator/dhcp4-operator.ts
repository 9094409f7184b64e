import type { Latest } from "../../../async/latest.ts";
import type { LeaseEvent } from "../../../net/dhcp4/client.ts";
import type { Lease } from "../../../net/dhcp4/lease.ts";
import { type DhcpTransport, keepLease } from "../../../net/dhcp4/run.ts";
import { probeAddress } from "../../../netlink/address-probe.ts";
import { PacketSocket } from "../../../netlink/packet-socket.ts";
import type { LinkStatus } from "../../../resources/network/link-status.ts";
import type { OperatorSpec } from "../../../resources/network/operator-spec.ts";
import { Announcements } from "../address/announcements.ts";
import { duidOf, ignoredDuid } from "../wanted/duid.ts";
import { holdLease, type News } from "./hold-lease.ts";

/** Neighbours on a local network answer within a few milliseconds. */
const checkMs = 50;

export interface Dhcp4Options {
  readonly spec: OperatorSpec;
  readonly link: Pick<LinkStatus, "index" | "hardwareAddr">;
  /** An address that the link had a moment ago, by a lease that goes on. */
  readonly previousAddress: string | undefined;
  /** What the machine calls itself, when that is not by this lease. */
  readonly name: Pick<Latest<string | undefined>, "changes">;
  /** The lease that is held now, or that there is none any more. */
  readonly onLease: (lease: Lease | undefined) => void;
  readonly log: (level: "info" | "warn", message: string) => void;
  /** Aborted with `notNeeded`, the address is given back. */
  readonly signal: AbortSignal;
}

/** Holds a lease for a link until the signal aborts; whatever goes wrong, it begins anew. Never rejects. */
export function runDhcp4({ spec, link, name, onLease, log, signal, ...options }: Dhcp4Options): Promise<void> {
  const { linkName, dhcp4 } = spec;
  let { previousAddress } = options;
  return holdLease({
    ...{ protocol: "DHCP", linkName, leaseOf, newsOf, onLease, log, signal },
    async *events() {
      const station = { index: link.index, hardwareAddress: link.hardwareAddr };
      const hardwareAddress = Uint8Array.fromHex(link.hardwareAddr.replaceAll(":", ""));
      const clientId = identifierOf(spec, hardwareAddress, log);
      using socket = new PacketSocket(link.index);
      const events = keepLease({
        ...{ transport: dhcp4Transport(socket, link.index, hardwareAddress), hardwareAddress, checkMs, name, signal },
        ...{ ignoresNames: dhcp4?.skipHostnameRequest ?? false },
        ...(clientId === undefined ? {} : { clientId }),
        ...(previousAddress === undefined ? {} : { previousAddress }),
      });
      using announcements = new Announcements();
      let announced: string | undefined;
      for await (const event of events) {
        previousAddress = leaseOf(event)?.address;
        const isAlone = event.kind === "bound" && event.isContested === undefined;
        // Neighbours may remember whoever had it before: RFC 5227 §2.3.
        if (!isAlone) announcements.stop(linkName);
        else if (event.lease.address !== announced) announcements.start(linkName, station, event.lease.address);
        announced = previousAddress;
        yield event;
      }
    },
  });
}

export const dhcp4Transport = (
  socket: PacketSocket,
  linkIndex: number,
  hardwareAddress: Uint8Array,
): DhcpTransport => ({
  send: (packet, to) => socket.send(packet, to),
  packets: (signal) => socket.packets(signal),
  probe: (address, onConflict) => probeAddress({ linkIndex, hardwareAddress, address, onConflict }),
});

const leaseOf = (event: LeaseEvent): Lease | undefined => (event.kind === "bound" ? event.lease : undefined);

function newsOf(event: LeaseEvent, before: Lease | undefined, linkName: string): News | undefined {
  if (event.kind === "lost") return ["warn", `${linkName} lost its DHCP lease: ${lostBy[event.reason]}`];
  if (event.kind === "declined") {
    return ["warn", `${linkName} declined ${event.address}: another machine has it. It asks again in 10 seconds`];
  }
  const { address, prefixLength, server } = event.lease;
  const own = `${address}/${prefixLength}`;
  if (event.isContested) return ["warn", `${linkName} uses ${own} although another machine has it: ${server} insists`];
  return before?.address === address ? undefined : ["info", `${linkName} is ${own} by DHCP`];
}

const lostBy = {
  expired: "it expired, and no server renewed it",
  refused: "the server took it back",
  conflict: "another machine has the address as well",
} as const;

const ethernet = 1;

/** Option 61, RFC 2132 §9.14: the hardware address behind its type, or a DUID as it is. */
function identifierOf(spec: OperatorSpec, hardwareAddress: Uint8Array, log: Dhcp4Options["log"]) {
  const { clientIdentifier, duidRawHex = "" } = spec.dhcp4?.clientIdentifier ?? {};
  if (clientIdentifier === "mac") return Uint8Array.of(ethernet, ...hardwareAddress);
  if (clientIdentifier !== "duid") return undefined;
  const duid = duidOf(duidRawHex);
  if (duid === undefined) log("warn", ignoredDuid(spec.linkName, duidRawHex));
  return duid;
}
