/** What a set's keys are: `type` is libnftables' number for it, by which `nft` shows them. */
export interface KeyKind {
  readonly type: number;
  readonly lengthBytes: number;
  /** Elements are ranges: a key where one begins, another behind its end. */
  readonly isInterval: boolean;
  /** Keys are in the machine's byte order instead of the network's. */
  readonly isHostOrder: boolean;
}

/** The kinds of sets that our rules look things up in; the numbers are those of nftables' <datatype.h>. */
export const keyKinds = {
  address4: { type: 7, lengthBytes: 4, isInterval: true, isHostOrder: false },
  address6: { type: 8, lengthBytes: 16, isInterval: true, isHostOrder: false },
  port: { type: 13, lengthBytes: 2, isInterval: true, isHostOrder: false },
  icmpType: { type: 14, lengthBytes: 1, isInterval: false, isHostOrder: false },
  icmp6Type: { type: 29, lengthBytes: 1, isInterval: false, isHostOrder: false },
  interfaceName: { type: 41, lengthBytes: 16, isInterval: false, isHostOrder: true },
} as const satisfies Readonly<Record<string, KeyKind>>;

export interface Element {
  readonly key: Uint8Array;
  /** The first key behind a range. */
  readonly isEnd: boolean;
}

/** A set without a name that one lookup of one rule reads. */
export interface ElementSet {
  readonly kind: KeyKind;
  readonly elements: readonly Element[];
}

/** From the first number to the last, both included. */
export interface NumberRange {
  readonly first: bigint;
  readonly last: bigint;
}

/** A set of ranges, which must be in order and apart from each other. */
export function rangeSet(kind: KeyKind, ranges: readonly NumberRange[]): ElementSet {
  const size = 1n << BigInt(kind.lengthBytes * 8);
  const elements = ranges.flatMap(({ first, last }) => {
    const begin = { key: encodeKey(first, kind.lengthBytes), isEnd: false };
    // A range up to the last number of all has nothing behind it.
    return last + 1n === size ? [begin] : [begin, { key: encodeKey(last + 1n, kind.lengthBytes), isEnd: true }];
  });
  return { kind, elements };
}

export const valueSet = (kind: KeyKind, keys: readonly Uint8Array[]): ElementSet => ({
  kind,
  elements: keys.map((key) => ({ key, isEnd: false })),
});

/** In network order. */
function encodeKey(value: bigint, lengthBytes: number): Uint8Array {
  return Uint8Array.fromHex(value.toString(16).padStart(lengthBytes * 2, "0"));
}
