import { isIP } from "node:net";
import { addressFromBytes, addressToBytes } from "../net/address.ts";

/** An address in its usual form; undefined for what is none. */
export function addressOf(text: string | undefined): string | undefined {
  if (text === undefined || isIP(text) === 0 || text.includes("%")) return undefined;
  return addressFromBytes(addressToBytes(text));
}

/**
 * `192.0.2.7/24` from that, or from an address and a mask, `255.255.255.0` or `24`; without either it is alone in its
 * network. Undefined for what is none.
 */
export function prefixOf(text: string | undefined, mask?: string): string | undefined {
  const [plain = "", given = mask] = (text ?? "").split("/", 2);
  const address = addressOf(plain);
  if (address === undefined) return undefined;
  const bits = address.includes(":") ? 128 : 32;
  const length = given === undefined ? bits : lengthOf(given, bits);
  return length === undefined ? undefined : `${address}/${length}`;
}

function lengthOf(mask: string, bits: number): number | undefined {
  if (/^\d{1,3}$/.test(mask)) return Number(mask) <= bits ? Number(mask) : undefined;
  const address = addressOf(mask);
  if (address === undefined) return undefined;
  const digits = [...addressToBytes(address)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return digits.length === bits && /^1*0*$/.test(digits) ? digits.replaceAll("0", "").length : undefined;
}

/** Where a route leads; empty for everywhere, undefined for what is no network. */
export function destinationOf(text: string | undefined, mask?: string): string | undefined {
  if (text === undefined || text === "default") return "";
  const prefix = prefixOf(text, mask);
  return prefix?.endsWith("/0") ? "" : prefix;
}
