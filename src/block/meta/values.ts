import { createHash } from "node:crypto";
import { Failure } from "../../errors/failure.ts";

/** What META holds: bytes by tag, 1 to 255. */
export type MetaValues = ReadonlyMap<number, Uint8Array>;

/** Of one copy; the partition begins with two. */
export const metaCopyBytes = 256 * 1_024;

// All numbers are big-endian: a magic number, records of tag, length and bytes, tag 0, zeros, a SHA-256 of the whole
// with zeros in its place, another magic number.
const begin = 0x5a4b3c2d;
const end = 0xa5b4c3d2;
const recordsOffset = 4;
const digestOffset = metaCopyBytes - 36;
const endOffset = metaCopyBytes - 4;
const recordHeadBytes = 8;

/**
 * One copy.
 * @throws Failure when it cannot hold so much
 */
export function encodeMeta(values: MetaValues): Uint8Array {
  const copy = new Uint8Array(metaCopyBytes);
  const view = new DataView(copy.buffer);
  view.setUint32(0, begin);
  view.setUint32(endOffset, end);
  let at = recordsOffset;
  for (const [tag, value] of [...values].sort(([left], [right]) => left - right)) {
    if (at + recordHeadBytes + value.length > digestOffset) {
      throw new Failure(`Cannot store META's values: they are more than ${digestOffset - recordsOffset} bytes`);
    }
    view.setUint32(at, tag);
    view.setUint32(at + 4, value.length);
    copy.set(value, at + recordHeadBytes);
    at += recordHeadBytes + value.length;
  }
  copy.set(digestOf(copy), digestOffset);
  return copy;
}

/** What a copy holds; undefined when it is none, or is damaged. */
export function decodeMeta(copy: Uint8Array): MetaValues | undefined {
  if (copy.length !== metaCopyBytes) return undefined;
  const view = new DataView(copy.buffer, copy.byteOffset, copy.byteLength);
  if (view.getUint32(0) !== begin || view.getUint32(endOffset) !== end) return undefined;
  if (!Buffer.from(digestOf(copy)).equals(copy.subarray(digestOffset, endOffset))) return undefined;
  const values = new Map<number, Uint8Array>();
  for (let at = recordsOffset; at + recordHeadBytes <= digestOffset; ) {
    const tag = view.getUint32(at);
    if (tag === 0) break;
    const from = at + recordHeadBytes;
    const length = view.getUint32(at + 4);
    if (from + length > digestOffset) return undefined;
    values.set(tag, copy.slice(from, from + length));
    at = from + length;
  }
  return values;
}

const digestOf = (copy: Uint8Array): Uint8Array =>
  createHash("sha256")
    .update(copy.subarray(0, digestOffset))
    .update(new Uint8Array(endOffset - digestOffset))
    .update(copy.subarray(endOffset))
    .digest();
