import { WireType } from "../wire/writer.ts";
import type { YamlValue } from "./codec.ts";
import type { Field } from "./field.ts";
import { fieldOf } from "./field.ts";
import { scalar, shownNumber } from "./scalar.ts";

type Numbers = Readonly<Record<string, number>>;

/** Names for numbers, and a field of them: `family(8)`. Values are names; a number without one appears as its digits. */
export interface Enumeration<Name extends string> {
  (number: number, doc?: string): Field<Name, "always">;
  readonly numbers: Readonly<Record<Name, number>>;
  /** The name that the kernel's number has, or `undefined`. */
  nameOf(number: number): Name | undefined;
  /** The value for any number, and back. */
  valueFor(number: number): Name;
  numberOf(value: Name): number;
}

/** @param typeName what stands before a number without a name, `Priority(-140)`; by default it stands alone */
export function enumeration<const N extends Numbers>(numbers: N, typeName?: string): Enumeration<keyof N & string> {
  type Name = keyof N & string;
  const names = new Map(Object.entries(numbers).map(([name, number]) => [number, name as Name]));
  const nameless = (number: number) => (typeName === undefined ? String(number) : `${typeName}(${number})`);
  const valueFor = (number: number): Name => names.get(number) ?? (nameless(number) as Name);
  const numberOf = (value: Name): number => numbers[value] ?? Number(/-?\d+/.exec(value)?.[0]);
  const field = fieldOf(
    scalar<Name>({
      name: "word",
      words: Object.keys(numbers),
      wire: WireType.varint,
      zero: valueFor(0),
      write: (to, name) => void to.int(numberOf(name)),
      read: (from) => valueFor(from.int()),
      fromYaml: (value) => wordOf(numbers, value),
    }),
  );
  return Object.assign(field, { numbers, nameOf: (number: number) => names.get(number), valueFor, numberOf });
}

/** A set of bits, kept as the number that the kernel uses and shown as `up,running`. */
export function flags(bits: Numbers): (number: number, doc?: string) => Field<number, "always"> {
  const entries = Object.entries(bits);
  const show = (value: number) =>
    entries
      .filter(([, bit]) => (value & bit) !== 0)
      .map(([name]) => name)
      .join(",");
  const parse = (text: string): number | undefined => {
    const words = text.split(/[,|]/).filter((word) => word !== "");
    if (!words.every((word) => Object.hasOwn(bits, word))) return undefined;
    return words.reduce((set, word) => set | (bits[word] ?? 0), 0);
  };
  return shownNumber({ name: "set", words: Object.keys(bits), show, parse });
}

/** A name, or the digits of a number that has none. */
function wordOf<N extends Numbers>(numbers: N, value: YamlValue): (keyof N & string) | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const word = String(value);
  return Object.hasOwn(numbers, word) || /^\d{1,10}$/.test(word) ? (word as keyof N & string) : undefined;
}
