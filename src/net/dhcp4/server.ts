import { type DhcpMessage, DhcpMessageType, decodeInet4, encodeInet4 } from "./message.ts";
import { DhcpOption } from "./options.ts";

/** A machine that the server knows. Nobody else is given anything. */
export interface Reservation {
  /** `52:54:00:12:34:56` */
  readonly hardwareAddress: string;
  readonly address: string;
  readonly hostname: string;
}

export interface DhcpServerOptions {
  readonly serverAddress: string;
  readonly mask: string;
  readonly router: string;
  readonly reservations: readonly Reservation[];
}

const noAddress = "0.0.0.0";
/** Reservations do not change hands: nobody needs to ask again. */
const endless = 0xffffffff;

/**
 * The answer to a client; undefined where none is due. The server remembers nothing: what each machine gets is fixed.
 */
export function answerDhcp(options: DhcpServerOptions, message: DhcpMessage): DhcpMessage | undefined {
  const hardwareAddress = [...message.hardwareAddress].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
  const reservation = options.reservations.find((candidate) => candidate.hardwareAddress === hardwareAddress);
  if (message.kind !== "request" || reservation === undefined) return undefined;
  const type = message.options.get(DhcpOption.messageType)?.[0];
  if (type === DhcpMessageType.discover) return reply(options, message, reservation, "offer");
  if (type !== DhcpMessageType.request) return undefined;
  const chosen = addressIn(message, DhcpOption.server);
  if (chosen !== undefined && chosen !== options.serverAddress) return undefined; // another server's offer
  const wanted = addressIn(message, DhcpOption.requestedAddress) ?? message.clientAddress;
  return reply(options, message, reservation, wanted === reservation.address ? "ack" : "nak");
}

function addressIn({ options }: DhcpMessage, code: number): string | undefined {
  const value = options.get(code);
  return value?.length === 4 ? decodeInet4(value) : undefined;
}

function reply(
  { serverAddress, mask, router }: DhcpServerOptions,
  message: DhcpMessage,
  { address, hostname }: Reservation,
  type: "offer" | "ack" | "nak",
): DhcpMessage {
  const always: [number, Uint8Array][] = [
    [DhcpOption.messageType, Uint8Array.of(DhcpMessageType[type])],
    [DhcpOption.server, encodeInet4(serverAddress)],
  ];
  const lease: [number, Uint8Array][] = [
    [DhcpOption.leaseTime, encodeNumber(endless)],
    [DhcpOption.subnetMask, encodeInet4(mask)],
    [DhcpOption.router, encodeInet4(router)],
    [DhcpOption.hostname, new TextEncoder().encode(hostname)],
  ];
  const isRefused = type === "nak";
  return {
    ...message,
    kind: "reply",
    elapsedSeconds: 0,
    clientAddress: isRefused ? noAddress : message.clientAddress,
    yourAddress: isRefused ? noAddress : address,
    options: new Map(isRefused ? always : [...always, ...lease]),
  };
}

function encodeNumber(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
