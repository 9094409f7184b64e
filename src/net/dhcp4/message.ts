import { DhcpOption, type DhcpOptions, decodeOptions, encodeOptions } from "./options.ts";

/** Values of option 53. */
export const DhcpMessageType = { discover: 1, offer: 2, request: 3, decline: 4, ack: 5, nak: 6, release: 7 } as const;

/** A DHCP message, RFC 2131 §2. Addresses as text, "0.0.0.0" where there is none. */
export interface DhcpMessage {
  readonly kind: "request" | "reply";
  readonly transaction: number;
  /** Since the client began, capped at 65535. */
  readonly elapsedSeconds: number;
  /** The server shall broadcast its answer: the client cannot receive unicast yet. */
  readonly broadcast: boolean;
  readonly clientAddress: string;
  /** The address offered or given: `yiaddr`. */
  readonly yourAddress: string;
  readonly relayAddress: string;
  /** Six bytes of Ethernet. */
  readonly hardwareAddress: Uint8Array;
  readonly options: DhcpOptions;
}

const at = {
  transaction: 4,
  seconds: 8,
  flags: 10,
  client: 12,
  your: 16,
  relay: 24,
  hardware: 28,
  name: 44,
  file: 108,
};
const cookieAt = 236;
const optionsAt = 240;
const cookie = 0x63825363;
const broadcastFlag = 0x8000;
const ethernet = 1;
const hardwareSize = 6;
/** BOOTP's size: some relays drop what is shorter. */
const smallestMessage = 300;

export function encodeDhcpMessage(message: DhcpMessage): Uint8Array {
  const options = encodeOptions(message.options);
  const bytes = new Uint8Array(Math.max(smallestMessage, optionsAt + options.length));
  const view = new DataView(bytes.buffer);
  bytes.set([message.kind === "request" ? 1 : 2, ethernet, hardwareSize]);
  view.setUint32(at.transaction, message.transaction);
  view.setUint16(at.seconds, Math.min(0xffff, message.elapsedSeconds));
  view.setUint16(at.flags, message.broadcast ? broadcastFlag : 0);
  bytes.set(encodeInet4(message.clientAddress), at.client);
  bytes.set(encodeInet4(message.yourAddress), at.your);
  bytes.set(encodeInet4(message.relayAddress), at.relay);
  bytes.set(message.hardwareAddress.subarray(0, hardwareSize), at.hardware);
  view.setUint32(cookieAt, cookie);
  bytes.set(options, optionsAt);
  return bytes;
}

/** Reads a message; undefined when it is none or not of Ethernet. */
export function decodeDhcpMessage(bytes: Uint8Array): DhcpMessage | undefined {
  if (bytes.length < optionsAt || bytes[1] !== ethernet || bytes[2] !== hardwareSize) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(cookieAt) !== cookie || (bytes[0] !== 1 && bytes[0] !== 2)) return undefined;
  return {
    kind: bytes[0] === 1 ? "request" : "reply",
    transaction: view.getUint32(at.transaction),
    elapsedSeconds: view.getUint16(at.seconds),
    broadcast: (view.getUint16(at.flags) & broadcastFlag) !== 0,
    clientAddress: decodeInet4(bytes, at.client),
    yourAddress: decodeInet4(bytes, at.your),
    relayAddress: decodeInet4(bytes, at.relay),
    hardwareAddress: bytes.slice(at.hardware, at.hardware + hardwareSize),
    options: allOptions(bytes),
  };
}

/** Options may go on in the fields for the boot file and the server's name, when option 52 says so. */
function allOptions(bytes: Uint8Array): DhcpOptions {
  const main = bytes.slice(optionsAt);
  const overload = decodeOptions(main).get(DhcpOption.overload)?.[0] ?? 0;
  const file = (overload & 1) === 0 ? [] : [bytes.slice(at.file, cookieAt)];
  const name = (overload & 2) === 0 ? [] : [bytes.slice(at.name, at.file)];
  return decodeOptions(main, ...file, ...name);
}

/** Four bytes of `10.0.2.15`. */
export const encodeInet4 = (address: string): Uint8Array => Uint8Array.from(address.split("."), Number);

/** `10.0.2.15` of four bytes. */
export const decodeInet4 = (bytes: Uint8Array, offset = 0): string => bytes.subarray(offset, offset + 4).join(".");
