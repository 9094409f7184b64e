import { struct, u8, u16 } from "../../linux/struct.ts";

/** struct nfgenmsg, <linux/netfilter/nfnetlink.h>: the head of every message to netfilter. */
export const netfilterHeader = struct({ family: u8, version: u8, resource: u16 });

/** Netfilter's numbers travel in network order. */
export function bigEndian16(value: number): Uint8Array {
  const encoded = new Uint8Array(2);
  new DataView(encoded.buffer).setUint16(0, value);
  return encoded;
}

/** Also for negative numbers, in two's complement. */
export function bigEndian32(value: number): Uint8Array {
  const encoded = new Uint8Array(4);
  new DataView(encoded.buffer).setUint32(0, value);
  return encoded;
}

export function bigEndian64(value: number): Uint8Array {
  const encoded = new Uint8Array(8);
  new DataView(encoded.buffer).setBigUint64(0, BigInt(value));
  return encoded;
}

/** What stays in the machine, such as marks and states, is in its own order. */
export const hostOrder32 = (value: number): Uint8Array => new Uint8Array(new Uint32Array([value]).buffer);
