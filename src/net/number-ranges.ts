import { parsePrefix } from "./prefix.ts";

/** From the first number to the last, both included. */
export interface NumberRange {
  readonly first: bigint;
  readonly last: bigint;
}

/** The same numbers as ranges in order, apart from each other by at least one number. */
export function unite(ranges: readonly NumberRange[]): NumberRange[] {
  const united: NumberRange[] = [];
  for (const range of ranges.toSorted((a, b) => compare(a.first, b.first))) {
    const before = united.at(-1);
    if (before === undefined || range.first > before.last + 1n) united.push(range);
    else united[united.length - 1] = { first: before.first, last: larger(before.last, range.last) };
  }
  return united;
}

/** The numbers of some ranges that are in none of the others. */
export function subtract(ranges: readonly NumberRange[], others: readonly NumberRange[]): NumberRange[] {
  const left: NumberRange[] = [];
  const holes = unite(others);
  let next = 0;
  for (const { first, last } of unite(ranges)) {
    let from = first;
    for (let hole = holes[next]; hole !== undefined && hole.first <= last; hole = holes[next]) {
      if (hole.first > from) left.push({ first: from, last: hole.first - 1n });
      from = larger(from, hole.last + 1n);
      // One that goes on behind this range may be in the following as well.
      if (hole.last > last) break;
      next += 1;
    }
    if (from <= last) left.push({ first: from, last });
  }
  return left;
}

/** The addresses of a prefix, as numbers. */
export function rangeOfPrefix(text: string): NumberRange {
  const { bytes, length } = parsePrefix(text);
  const hosts = (1n << BigInt(bytes.length * 8 - length)) - 1n;
  const address = BigInt(`0x${bytes.toHex()}`);
  return { first: address & ~hosts, last: address | hosts };
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : Number(a > b));
const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
