/** How one member of a C struct is stored: its size and alignment in bytes, and how it is read and written. */
export interface Member<T> {
  readonly size: number;
  readonly alignment: number;
  readonly empty: T;
  read(view: DataView, offset: number): T;
  write(view: DataView, offset: number, value: T): void;
}

/** A C struct: its layout follows from its members in order, by the rules of the System V ABI. */
export interface Struct<V extends object> extends Member<Readonly<V>> {
  readonly offsets: Readonly<Record<keyof V, number>>;
  /** The bytes of the struct; members left out are zero. */
  encode(values?: Partial<V>): Uint8Array<ArrayBuffer>;
  /** Reads the struct at `offset`; throws RangeError when the bytes are too few. */
  decode(bytes: Uint8Array, offset?: number): V;
}

type Members = Readonly<Record<string, Member<unknown>>>;
type Values<M extends Members> = { readonly [K in keyof M]: M[K]["empty"] };

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

const integer = (
  size: number,
  read: (view: DataView, offset: number) => number,
  write: (view: DataView, offset: number, value: number) => void,
): Member<number> => ({ size, alignment: size, empty: 0, read, write });

export const u8 = integer(
  1,
  (view, at) => view.getUint8(at),
  (view, at, value) => view.setUint8(at, value),
);
export const u16 = integer(
  2,
  (view, at) => view.getUint16(at, littleEndian),
  (view, at, value) => view.setUint16(at, value, littleEndian),
);
export const u32 = integer(
  4,
  (view, at) => view.getUint32(at, littleEndian),
  (view, at, value) => view.setUint32(at, value, littleEndian),
);
export const i32 = integer(
  4,
  (view, at) => view.getInt32(at, littleEndian),
  (view, at, value) => view.setInt32(at, value, littleEndian),
);
/** 64 bits as a number: exact up to 2^53, which sizes, times and addresses stay below. */
export const u64 = integer(
  8,
  (view, at) => Number(view.getBigUint64(at, littleEndian)),
  (view, at, value) => view.setBigUint64(at, BigInt(value), littleEndian),
);
export const i64 = integer(
  8,
  (view, at) => Number(view.getBigInt64(at, littleEndian)),
  (view, at, value) => view.setBigInt64(at, BigInt(value), littleEndian),
);

/** `char name[size]`: shorter values are padded with zeros, longer ones are refused. */
export const bytes = (size: number): Member<Uint8Array> => ({
  size,
  alignment: 1,
  empty: new Uint8Array(0),
  read: (view, offset) => new Uint8Array(view.buffer, view.byteOffset + offset, size).slice(),
  write(view, offset, value) {
    if (value.length > size) throw new RangeError(`Cannot store ${value.length} bytes in a member of ${size}`);
    new Uint8Array(view.buffer, view.byteOffset + offset, size).set(value);
  },
});

/** A member at its place. */
type Placed = readonly [name: string, member: Member<unknown>, offset: number];

/** Describes a C struct once: `struct({ length: u32, type: u16 })`. */
export function struct<const M extends Members>(members: M): Struct<Values<M>> {
  const placed: Placed[] = [];
  let end = 0;
  let alignment = 1;
  for (const [name, member] of Object.entries(members)) {
    const offset = roundUp(end, member.alignment);
    placed.push([name, member, offset]);
    end = offset + member.size;
    alignment = Math.max(alignment, member.alignment);
  }
  const size = roundUp(end, alignment);
  // A dump of the kernel is thousands of structs: a plain loop is several times as fast as Object.fromEntries.
  const read = (view: DataView, at: number) => {
    const values: Record<string, unknown> = {};
    for (const [name, member, offset] of placed) values[name] = member.read(view, at + offset);
    return values;
  };
  const write = (view: DataView, at: number, values: Readonly<Record<string, unknown>>) => {
    for (const [name, member, offset] of placed) {
      if (values[name] !== undefined) member.write(view, at + offset, values[name]);
    }
  };
  const encode = (values: Readonly<Record<string, unknown>> = {}) => {
    const encoded = new Uint8Array(size);
    write(new DataView(encoded.buffer), 0, values);
    return encoded;
  };
  const decode = (source: Uint8Array, at = 0) => read(new DataView(source.buffer, source.byteOffset + at, size), 0);
  const offsets = Object.fromEntries(placed.map(([name, , offset]) => [name, offset]));
  const empty = Object.fromEntries(placed.map(([name, member]) => [name, member.empty]));
  // The members' types are only known to the compiler; the loops above treat them all alike.
  return { size, alignment, empty, offsets, read, write, encode, decode } as unknown as Struct<Values<M>>;
}

const roundUp = (value: number, multiple: number) => Math.ceil(value / multiple) * multiple;
