import { expect, test } from "bun:test";
import fc from "fast-check";
import { type NumberRange, rangeOfPrefix, subtract, unite } from "./number-ranges.ts";

const highest = 40;
const ranges = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: highest }), fc.integer({ min: 0, max: 8 }))
    .map(([first, more]): NumberRange => ({ first: BigInt(first), last: BigInt(Math.min(first + more, highest)) })),
  { maxLength: 6 },
);

const numbersIn = (list: readonly NumberRange[]): Set<bigint> => {
  const all = Array.from({ length: highest + 1 }, (_, number) => BigInt(number));
  return new Set(all.filter((number) => list.some(({ first, last }) => first <= number && number <= last)));
};

const areApart = (list: readonly NumberRange[]): boolean =>
  list.every(({ first, last }, index) => first <= last && (index === 0 || first > (list[index - 1]?.last ?? 0n) + 1n));

test("united ranges hold the same numbers, in order and apart", () => {
  fc.assert(
    fc.property(ranges, (list) => {
      expect(numbersIn(unite(list))).toEqual(numbersIn(list));
      expect(areApart(unite(list))).toBe(true);
    }),
  );
});

test("what is subtracted is gone, and nothing else", () => {
  fc.assert(
    fc.property(ranges, ranges, (list, others) => {
      const left = subtract(list, others);
      expect(numbersIn(left)).toEqual(numbersIn(list).difference(numbersIn(others)));
      expect(areApart(left)).toBe(true);
    }),
  );
});

test("a prefix is the range of its addresses, of both families", () => {
  expect(rangeOfPrefix("10.1.2.3/8")).toEqual({ first: 0x0a000000n, last: 0x0affffffn });
  expect(rangeOfPrefix("192.0.2.7")).toEqual({ first: 0xc0000207n, last: 0xc0000207n });
  expect(rangeOfPrefix("::/0")).toEqual({ first: 0n, last: (1n << 128n) - 1n });
});
