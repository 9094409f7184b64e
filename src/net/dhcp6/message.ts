import { type Dhcp6Options, decodeOptions, encodeOptions } from "./options.ts";

/** Kinds of messages between a client and a server, RFC 8415 §7.3. */
export const Dhcp6MessageType = {
  solicit: 1,
  advertise: 2,
  request: 3,
  renew: 5,
  rebind: 6,
  reply: 7,
  release: 8,
  decline: 9,
  informationRequest: 11,
} as const;

export type Dhcp6MessageName = keyof typeof Dhcp6MessageType;

/** A message between a client and a server, RFC 8415 §8. */
export interface Dhcp6Message {
  readonly type: Dhcp6MessageName;
  /** 24 bits. */
  readonly transaction: number;
  readonly options: Dhcp6Options;
}

const headSize = 4;
const names = new Map<number, Dhcp6MessageName>(
  Object.entries(Dhcp6MessageType).map(([name, type]) => [type, name as Dhcp6MessageName]),
);

export function encodeDhcp6Message({ type, transaction, options }: Dhcp6Message): Uint8Array {
  const head = [Dhcp6MessageType[type], transaction >> 16, (transaction >> 8) & 0xff, transaction & 0xff];
  return Uint8Array.of(...head, ...encodeOptions(options));
}

/** Reads a message; undefined for those of relays, and what is none. */
export function decodeDhcp6Message(bytes: Uint8Array): Dhcp6Message | undefined {
  const type = names.get(bytes[0] ?? 0);
  if (bytes.length < headSize || type === undefined) return undefined;
  const [, high = 0, middle = 0, low = 0] = bytes;
  return {
    type,
    transaction: (high << 16) | (middle << 8) | low,
    options: decodeOptions(bytes.subarray(headSize)),
  };
}
