import { close } from "../linux/file-descriptor.ts";
import { encodeAddress } from "../linux/internet-address.ts";
import { acceptOnlyArpFrom } from "../linux/packet-filter.ts";
import { watchReadable } from "../linux/readiness.ts";
import { AddressFamily, bind, receive, SocketType, socket } from "../linux/socket.ts";
import { arpPacket, decodeArp, encodeArpRequest } from "./arp.ts";
import { networkOrder } from "./network-order.ts";
import { EthernetProtocol, everyStation, packetAddress } from "./packet-address.ts";
import { formatHardwareAddress } from "./rtnetlink/link.ts";
import { isLinkDownOrGone, sendOrLose } from "./send-or-lose.ts";

export interface AddressProbe {
  readonly linkIndex: number;
  /** Our own: what we hear of ourselves is no conflict. */
  readonly hardwareAddress: Uint8Array;
  /** IPv4. */
  readonly address: string;
  /** Another station has the address: its hardware address. May be called more than once. */
  readonly onConflict: (station: string) => void;
}

const nobody = "0.0.0.0";
/** One packet may get lost, and a host that sleeps needs a moment. */
const secondProbeMs = 20;

/**
 * Asks the stations of a link whether one of them has an address, RFC 5227 §2.1.1, and listens until it is disposed
 * of. The question names no asker, so that nobody's table of neighbours changes by it. Others that only ask, as switches
 * do to see who is where, are no conflict.
 * @throws SyscallError when there is no such link
 */
export function probeAddress({ linkIndex, hardwareAddress, address, onConflict }: AddressProbe): Disposable {
  const [family, protocol] = [AddressFamily.packet, networkOrder(EthernetProtocol.arp)];
  const question = encodeArpRequest({
    ...{ senderHardware: hardwareAddress, senderAddress: nobody, targetAddress: address },
  });
  const to = packetAddress.encode({
    ...{ family, protocol, index: linkIndex, addressLength: everyStation.length, address: everyStation },
  });
  using opened = new DisposableStack();
  // Protocol 0 receives nothing until the filter is there and it is bound to its link.
  const fd = opened.adopt(socket(family, SocketType.datagram, 0), close);
  acceptOnlyArpFrom(fd, encodeAddress(address));
  bind(fd, packetAddress.encode({ family, protocol, index: linkIndex }));
  opened.use(watchReadable(fd, () => heard(fd, { hardwareAddress, address, onConflict }), ignoreLoss));
  sendOrLose(fd, question, to, isLinkDownOrGone);
  opened.adopt(
    setTimeout(() => sendOrLose(fd, question, to, isLinkDownOrGone), secondProbeMs),
    clearTimeout,
  );
  return opened.move();
}

function heard(fd: number, { hardwareAddress, address, onConflict }: Omit<AddressProbe, "linkIndex">): void {
  const buffer = new Uint8Array(arpPacket.size);
  let other: Uint8Array | undefined;
  for (let received = receive(fd, buffer); received !== undefined; received = receive(fd, buffer)) {
    const arp = decodeArp(buffer.subarray(0, received.length));
    if (arp === undefined || Buffer.compare(arp.senderHardware, hardwareAddress) === 0) continue;
    if (arp.senderAddress === address) other = Uint8Array.from(arp.senderHardware);
  }
  // Last: whoever is told may close the socket.
  if (other !== undefined) onConflict(formatHardwareAddress(other));
}

/** The carrier or the link is gone, and with it whoever asked; or for a moment there is no room. */
function ignoreLoss(thrown: unknown): void {
  if (!isLinkDownOrGone(thrown)) throw thrown;
}
