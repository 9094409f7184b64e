import { pause } from "../../async/pause.ts";
import { messageOf } from "../../errors/message.ts";
import type { Lease } from "../../net/dhcp4/lease.ts";
import { keepLease } from "../../net/dhcp4/run.ts";
import { PacketSocket } from "../../netlink/packet-socket.ts";
import type { LinkStatus } from "../../resources/network/link-status.ts";
import type { OperatorSpec } from "../../resources/network/operator-spec.ts";

const restartMs = 5_000;

export interface Dhcp4Options {
  readonly spec: OperatorSpec;
  readonly link: Pick<LinkStatus, "index" | "hardwareAddr">;
  /** The lease that is held now, or that there is none any more. */
  readonly onLease: (lease: Lease | undefined) => void;
  readonly log: (level: "info" | "warn", message: string) => void;
  readonly signal: AbortSignal;
}

/** Holds a lease for a link until the signal aborts; whatever goes wrong, it begins anew. Never rejects. */
export async function runDhcp4({ spec, link, onLease, log, signal }: Dhcp4Options): Promise<void> {
  const { linkName, dhcp4 } = spec;
  const hardwareAddress = Uint8Array.fromHex(link.hardwareAddr.replaceAll(":", ""));
  const clientId = identifierOf(dhcp4?.clientIdentifier, hardwareAddress);
  let before: Lease | undefined;
  while (!signal.aborted) {
    try {
      using transport = new PacketSocket(link.index);
      const options = { transport, hardwareAddress, signal, ...(clientId === undefined ? {} : { clientId }) };
      for await (const event of keepLease(options)) {
        if (event.kind === "bound") {
          const { address, prefixLength } = event.lease;
          if (before?.address !== address) log("info", `${linkName} is ${address}/${prefixLength} by DHCP`);
          before = event.lease;
        } else if (before !== undefined) {
          log("warn", `${linkName} lost its DHCP lease: ${event.reason}`);
          before = undefined;
        }
        onLease(before);
      }
    } catch (thrown) {
      if (!signal.aborted) log("warn", `Cannot configure ${linkName} by DHCP: ${messageOf(thrown)}`);
      before = undefined;
      onLease(undefined);
    }
    await pause(restartMs, signal);
  }
}

type Identifier = NonNullable<NonNullable<OperatorSpec["dhcp4"]>["clientIdentifier"]>;

const ethernet = 1;
/** An identifier of RFC 4361: the number of the interface, always the same here, then the machine's own. */
const unique = [255, 0, 0, 0, 1];

function identifierOf(identifier: Identifier | undefined, hardwareAddress: Uint8Array): Uint8Array | undefined {
  if (identifier?.clientIdentifier === "mac") return Uint8Array.of(ethernet, ...hardwareAddress);
  const { clientIdentifier, duidRawHex = "" } = identifier ?? {};
  if (clientIdentifier !== "duid" || duidRawHex === "") return undefined;
  return Uint8Array.of(...unique, ...Uint8Array.fromHex(duidRawHex));
}
