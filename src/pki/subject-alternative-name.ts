import { isIP, isIPv4 } from "node:net";
import { Failure } from "../errors/failure.ts";
import { DerCursor, type DerElement, sequence, tagged } from "./der.ts";

/** GeneralName choices, RFC 5280, 4.2.1.6. */
const dnsName = 2;
const ipAddress = 7;

/** Encodes DNS names and IP addresses; which is which shows from the text. */
export const encodeAlternativeNames = (names: readonly string[]): Uint8Array =>
  sequence(
    ...names.map((name) =>
      isIP(name) === 0
        ? tagged(dnsName, false, Buffer.from(name, "latin1"))
        : tagged(ipAddress, false, addressBytes(name)),
    ),
  );

/** The DNS names and IP addresses of the extension; mail addresses and URIs are skipped. */
export function readAlternativeNames(element: DerElement): string[] {
  const names: string[] = [];
  for (const { tag, contents } of new DerCursor(element).rest()) {
    if (tag === (0x80 | dnsName)) names.push(Buffer.from(contents).toString("latin1"));
    if (tag === (0x80 | ipAddress)) names.push(addressText(contents));
  }
  return names;
}

function addressBytes(address: string): Uint8Array {
  if (isIPv4(address)) return Uint8Array.from(address.split(".").map(Number));
  // An IPv4 tail (::ffff:192.0.2.1) is two more groups.
  const hex = address.replace(/\d+\.\d+\.\d+\.\d+$/, (tail) => {
    const [a = 0, b = 0, c = 0, d = 0] = tail.split(".").map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [head = "", tail] = hex.split("::").map((part) => part);
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const zeros = new Array<number>(Math.max(0, 8 - left.length - right.length)).fill(0);
  return Uint8Array.from([...left, ...zeros, ...right].flatMap((group) => [group >> 8, group & 0xff]));
}

const groups = (text: string): number[] =>
  text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));

function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  if (bytes.length !== 16) throw new Failure(`Cannot read alternative name: an address of ${bytes.length} bytes`);
  const words = Array.from({ length: 8 }, (_, index) => ((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0));
  return compress(words);
}

/** The canonical text of an IPv6 address, RFC 5952: the longest run of two or more zeros becomes `::`. */
function compress(words: readonly number[]): string {
  let best = { start: -1, length: 1 };
  for (let start = 0; start < words.length; start += 1) {
    let length = 0;
    while (words[start + length] === 0) length += 1;
    if (length > best.length) best = { start, length };
  }
  const text = (part: readonly number[]) => part.map((word) => word.toString(16)).join(":");
  if (best.start < 0) return text(words);
  return `${text(words.slice(0, best.start))}::${text(words.slice(best.start + best.length))}`;
}
