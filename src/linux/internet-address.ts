import { Failure } from "../errors/failure.ts";
import { AddressFamily } from "./socket.ts";
import { syscall } from "./syscall.ts";

export type InternetFamily = "inet4" | "inet6";

/** Bytes of an address of each family. */
export const addressSize = { inet4: 4, inet6: 16 } as const;

const parse = syscall("inet_pton", ["int", "string", "pointer"]);
const longestText = 46;
const format = syscall("inet_ntop", ["int", "pointer", "pointer", "int"], "long");

/** The bytes of an address in network order, inet_pton(3). */
export function encodeAddress(text: string): Uint8Array {
  const family = familyOf(text);
  const encoded = new Uint8Array(addressSize[family]);
  if (parse(AddressFamily[family], text, encoded) === 1) return encoded;
  throw new Failure(`Cannot parse "${text}" as an IP address`);
}

/** The usual text of an address in network order, inet_ntop(3); undefined when the bytes are no address. */
export function decodeAddress(bytes: Uint8Array): string | undefined {
  // Ten thousand routes have twenty thousand of these.
  if (bytes.length === addressSize.inet4) return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}`;
  if (bytes.length !== addressSize.inet6) return undefined;
  const text = new Uint8Array(longestText);
  if (format(AddressFamily.inet6, bytes, text, text.length) === 0) return undefined;
  return Buffer.from(text.subarray(0, text.indexOf(0))).toString("latin1");
}

/** The kernel's number of a family by its name; undefined for families of other networks. */
export function internetFamily(number: number): InternetFamily | undefined {
  if (number === AddressFamily.inet4) return "inet4";
  return number === AddressFamily.inet6 ? "inet6" : undefined;
}

/** The family of an address or prefix in text form. */
export const familyOf = (text: string): InternetFamily => (text.includes(":") ? "inet6" : "inet4");

/** Splits `192.0.2.7/24` into address and length; without a length it is the family's longest. */
export function splitPrefix(prefix: string): { readonly address: string; readonly length: number } {
  const [address = "", text] = prefix.split("/");
  const longest = addressSize[familyOf(address)] * 8;
  const length = text === undefined ? longest : Number(text);
  if (Number.isInteger(length) && length >= 0 && length <= longest && text !== "") return { address, length };
  throw new Failure(`Cannot parse "${prefix}" as a prefix: the length must be 0 to ${longest}`);
}
