import { isIPv6 } from "node:net";

/** `10.0.2.15:53`, `[fe80::1]:53` */
export const addressWithPort = (address: string, port: number): string =>
  isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;

/** The two of what `addressWithPort` made. */
export function splitAddressAndPort(text: string): { readonly address: string; readonly port: number } {
  const at = text.lastIndexOf(":");
  return { address: text.slice(0, at).replace(/^\[(.*)\]$/, "$1"), port: Number(text.slice(at + 1)) };
}
