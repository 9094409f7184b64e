import { decodeAddress, encodeAddress, familyOf } from "../../linux/internet-address.ts";
import { AddressFamily } from "../../linux/socket.ts";
import { socketAddress6 } from "../../linux/socket-address6.ts";
import { bytes, struct, u16 } from "../../linux/struct.ts";
import { networkOrder } from "../network-order.ts";

/** struct sockaddr_in, <netinet/in.h>; `port` is in network byte order. */
export const socketAddress4 = struct({ family: u16, port: u16, address: bytes(4), padding: bytes(8) });

/** Splits `192.0.2.7:51820` or `[2001:db8::7]:51820`; the host may be a name. */
export function splitEndpoint(endpoint: string): { readonly host: string; readonly port: number } {
  const at = endpoint.lastIndexOf(":");
  return { host: endpoint.slice(0, at).replace(/^\[|\]$/g, ""), port: Number(endpoint.slice(at + 1)) };
}

export const joinEndpoint = (host: string, port: number): string =>
  host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;

/** An address with a port as a socket address. */
export function encodeEndpoint(endpoint: string): Uint8Array {
  const { host, port } = splitEndpoint(endpoint);
  const fields = { address: encodeAddress(host), port: networkOrder(port) };
  return familyOf(host) === "inet4"
    ? socketAddress4.encode({ ...fields, family: AddressFamily.inet4 })
    : socketAddress6.encode({ ...fields, family: AddressFamily.inet6 });
}

/** An address with a port, of a socket address; undefined for other families, or when it is cut off. */
export function decodeEndpoint(encoded: Uint8Array): string | undefined {
  if (encoded.length < socketAddress4.size) return undefined;
  const { family } = socketAddress4.decode(encoded);
  const isInet6 = family === AddressFamily.inet6 && encoded.length >= socketAddress6.size;
  if (!isInet6 && family !== AddressFamily.inet4) return undefined;
  const { address, port } = (isInet6 ? socketAddress6 : socketAddress4).decode(encoded);
  const host = decodeAddress(address);
  return host === undefined ? undefined : joinEndpoint(host, networkOrder(port));
}
