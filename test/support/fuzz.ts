import fc from "fast-check";

/** How many cases a fuzz test makes: a few in the gate; `FUZZ_CASES=100000 bun test …` for a long run by hand. */
export const fuzzCases = (inGate: number): number => Number(process.env.FUZZ_CASES ?? inGate);

const byte = fc.integer({ min: 0, max: 255 });
const varint = fc.oneof(
  fc.nat(300).map(encodeVarint),
  fc.constantFrom(2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 53).map(encodeVarint),
  // Of no end, and of the largest and an overlong form.
  fc.constantFrom([...Array(20).fill(0xff)], [...Array(9).fill(0xff), 1], [0x80, 0x80, 0]),
);

/** A tag of a small field number, any wire type, the two that do not exist included. */
const tag = fc.tuple(fc.nat(24), fc.nat(7)).map(([field, type]) => encodeVarint(field * 8 + type));

const { message } = fc.letrec<{ message: number[]; field: number[] }>((tie) => ({
  field: fc.oneof(
    fc.tuple(tag, varint).map(([key, value]) => [...key, ...value]),
    // A length that is true, and so leads into what is inside.
    fc
      .tuple(fc.nat(24), tie("message"))
      .map(([field, inner]) => [...encodeVarint(field * 8 + 2), ...encodeVarint(inner.length), ...inner]),
    fc.tuple(tag, varint, fc.array(byte, { maxLength: 12 })).map((parts) => parts.flat()),
  ),
  message: fc.array(tie("field"), { maxLength: 4 }).map((fields) => fields.flat()),
}));

/** Bytes that a decoder of protobuf may meet on a bad day: noise, and messages that nearly are some. */
export const hostileMessages: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  message.map((bytes) => Uint8Array.from(bytes)),
  fc.tuple(message, fc.nat(40)).map(([bytes, cut]) => Uint8Array.from(bytes.slice(0, -cut))),
);

function encodeVarint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return [...bytes, rest];
}
