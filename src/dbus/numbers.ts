import type { DbusValue } from "./value.ts";

/** How a type of a fixed size is stored; read by the readers and written by the writers of both orders of bytes. */
interface NumberForm {
  readonly bytes: number;
  readonly read: (view: DataView, at: number, littleEndian: boolean) => DbusValue;
  /** @throws TypeError for a value of another type: a mistake of ours */
  readonly write: (view: DataView, at: number, value: DbusValue) => void;
}

const number = (
  bytes: number,
  read: NumberForm["read"],
  write: (view: DataView, at: number, value: number) => void,
): NumberForm => ({
  bytes,
  read,
  write(view, at, value) {
    if (typeof value !== "number") throw new TypeError(`Cannot encode ${typeof value} as a number`);
    write(view, at, value);
  },
});

const bigNumber = (
  read: NumberForm["read"],
  write: (view: DataView, at: number, value: bigint) => void,
): NumberForm => ({
  bytes: 8,
  read,
  write(view, at, value) {
    if (typeof value !== "bigint") throw new TypeError(`Cannot encode ${typeof value} as a number of 64 bits`);
    write(view, at, value);
  },
});

const word = number(
  4,
  (view, at, little) => view.getUint32(at, little),
  (view, at, value) => view.setUint32(at, value, true),
);

export const numberForms = {
  y: number(
    1,
    (view, at) => view.getUint8(at),
    (view, at, value) => view.setUint8(at, value),
  ),
  b: {
    bytes: 4,
    read: (view, at, little) => view.getUint32(at, little) !== 0,
    write: (view, at, value) => view.setUint32(at, value === true ? 1 : 0, true),
  },
  n: number(
    2,
    (view, at, little) => view.getInt16(at, little),
    (view, at, value) => view.setInt16(at, value, true),
  ),
  q: number(
    2,
    (view, at, little) => view.getUint16(at, little),
    (view, at, value) => view.setUint16(at, value, true),
  ),
  i: number(
    4,
    (view, at, little) => view.getInt32(at, little),
    (view, at, value) => view.setInt32(at, value, true),
  ),
  u: word,
  h: word,
  x: bigNumber(
    (view, at, little) => view.getBigInt64(at, little),
    (view, at, value) => view.setBigInt64(at, value, true),
  ),
  t: bigNumber(
    (view, at, little) => view.getBigUint64(at, little),
    (view, at, value) => view.setBigUint64(at, value, true),
  ),
  d: number(
    8,
    (view, at, little) => view.getFloat64(at, little),
    (view, at, value) => view.setFloat64(at, value, true),
  ),
} as const satisfies Readonly<Record<string, NumberForm>>;

export type NumberKind = keyof typeof numberForms;
