import type { Attribute, Attributes } from "../attribute.ts";
import { BitsetAttribute, BitsetBit } from "./constants.ts";

/** Larger than any set the kernel has: what claims more is no set. */
const sizeLimit = 4_096;

/** The places of the bits that are set in a compact bitset, ETHTOOL_A_BITSET_VALUE; none when it makes no sense. */
export function decodeBitset(bitset: Attributes): ReadonlySet<number> {
  const size = bitset.number(BitsetAttribute.size) ?? 0;
  const value = bitset.bytes(BitsetAttribute.value) ?? new Uint8Array(0);
  const places = new Set<number>();
  if (size > sizeLimit) return places;
  // In words of 32 bits in host order, which is the order of the bytes on every machine we run on.
  const end = Math.min(size, value.length * 8);
  for (let place = 0; place < end; place += 1) {
    if ((((value[place >> 3] ?? 0) >> (place & 7)) & 1) === 1) places.add(place);
  }
  return places;
}

/** All of a small set at once: what is not in `value` is off. */
export const wholeBitset = (size: number, value: number): Attribute[] => [
  [BitsetAttribute.noMask, new Uint8Array(0)],
  [BitsetAttribute.size, size],
  [BitsetAttribute.value, value],
];

/** Some bits by their names; the others stay as they are. */
export const namedBits = (bits: Readonly<Record<string, boolean>>): Attribute[] => [
  [BitsetAttribute.bits, Object.entries(bits).map(([name, isOn]) => [BitsetBit.bit, namedBit(name, isOn)])],
];

const namedBit = (name: string, isOn: boolean): Attribute[] => [
  [BitsetBit.name, name],
  [BitsetBit.value, isOn ? new Uint8Array(0) : undefined],
];
