import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { Failure } from "../errors/failure.ts";

/**
 * The 4 or 16 bytes of an IP address, then its zone, if any, as text.
 * @throws Failure naming the text
 */
export function addressToBytes(text: string): Uint8Array {
  const [address = "", zone = ""] = text.split("%", 2);
  // Strict: to the library 1.2.3 is 1.2.0.3, and 010.0.0.1 is 8.0.0.1.
  if (isIP(address) === 0) throw new Failure(`Cannot parse "${text}": not an address`);
  return Uint8Array.of(...ipaddr.parse(address).toByteArray(), ...new TextEncoder().encode(zone));
}

/**
 * The shortest usual form (RFC 5952) of 4 bytes, or of 16 bytes and a zone.
 * @throws Failure for another number of bytes
 */
export function addressFromBytes(bytes: Uint8Array): string {
  if (bytes.length !== 4 && bytes.length < 16)
    throw new Failure(`Cannot read an address: it has ${bytes.length} bytes`);
  const zone = new TextDecoder().decode(bytes.subarray(16));
  const address = ipaddr.fromByteArray([...bytes.subarray(0, 16)]).toString();
  return zone === "" ? address : `${address}%${zone}`;
}
