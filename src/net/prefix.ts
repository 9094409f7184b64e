import { Failure } from "../errors/failure.ts";
import { addressFromBytes, addressToBytes } from "./address.ts";

/** An address with the length of its network's prefix, `10.0.2.15/24`, ready to be compared. */
export interface Prefix {
  /** As it was written. */
  readonly text: string;
  /** 4 or 16 bytes. */
  readonly bytes: Uint8Array;
  readonly length: number;
}

/**
 * Reads a prefix; an address alone is a network of its own.
 * @throws Failure naming the text, and the lengths that there are
 */
export function parsePrefix(text: string): Prefix {
  const [address = "", length] = text.split("/", 2);
  const bytes = addressToBytes(address);
  const longest = bytes.length * 8;
  const given = length === undefined ? longest : Number(length);
  if (length !== "" && Number.isInteger(given) && given >= 0 && given <= longest) return { text, bytes, length: given };
  throw new Failure(`Cannot parse "${text}" as a prefix: the length must be 0 to ${longest}`);
}

/** The network as everybody writes it, without the bits that tell its members apart: `10.0.2.0/24`. */
export function networkText({ bytes, length }: Prefix): string {
  const masked = bytes.map((byte, index) => byte & (0xff00 >> Math.min(8, Math.max(0, length - index * 8))));
  return `${addressFromBytes(masked)}/${length}`;
}

/** Whether the other's address lies in this network; never so between families. */
export function containsAddress(network: Prefix, { bytes }: Prefix): boolean {
  if (network.bytes.length !== bytes.length) return false;
  const whole = network.length >> 3;
  for (let index = 0; index < whole; index += 1) if (network.bytes[index] !== bytes[index]) return false;
  const rest = network.length & 7;
  if (rest === 0) return true;
  const mask = 0xff00 >> rest;
  return ((network.bytes[whole] ?? 0) & mask & 0xff) === ((bytes[whole] ?? 0) & mask & 0xff);
}

/** IPv4 before IPv6, then by number, then the wider network first. */
export function comparePrefixes(a: Prefix, b: Prefix): number {
  return compareAddresses(a, b) || a.length - b.length;
}

/** IPv4 before IPv6, then the more specific network before one that contains it, then by number. */
export function compareSpecificFirst(a: Prefix, b: Prefix): number {
  if (a.bytes.length !== b.bytes.length) return a.bytes.length - b.bytes.length;
  const byNumber = compareAddresses(a, b);
  if (byNumber === 0) return b.length - a.length;
  return Number(containsAddress(a, b)) - Number(containsAddress(b, a)) || byNumber;
}

const compareAddresses = (a: Prefix, b: Prefix): number =>
  a.bytes.length - b.bytes.length || Buffer.compare(a.bytes, b.bytes);
