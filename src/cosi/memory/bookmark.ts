import { InvalidBookmarkError } from "../errors.ts";

const cookieBytes = 8;

/** Random, so that a bookmark of an earlier run of the machine is never taken for one of ours. */
const cookie = crypto.getRandomValues(new Uint8Array(cookieBytes));

/** A place in a collection's history: 8 bytes of cookie, 8 bytes of position. */
export function encodeBookmark(position: number): Uint8Array {
  const bytes = new Uint8Array(cookieBytes + 8);
  bytes.set(cookie);
  new DataView(bytes.buffer).setBigInt64(cookieBytes, BigInt(position));
  return bytes;
}

/** @throws InvalidBookmarkError */
export function decodeBookmark(bytes: Uint8Array): number {
  const ours = bytes.length === cookieBytes + 8 && cookie.every((byte, index) => bytes[index] === byte);
  if (!ours) throw new InvalidBookmarkError();
  return Number(new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(cookieBytes));
}
