import { WireReader } from "../wire/reader.ts";
import { WireType, WireWriter } from "../wire/writer.ts";
import type { Codec, YamlValue } from "./codec.ts";
import { Field, type Fields, fieldOf, type SpecOf } from "./field.ts";

type Values = Readonly<Record<string, unknown>>;

/** A spec that is a message of these fields; also the whole of most specs. */
export interface MessageCodec<T> extends Codec<T> {
  encode(value: T): Uint8Array;
  decode(bytes: Uint8Array): T;
  yaml(value: T): { readonly [key: string]: YamlValue };
}

export function messageOf<F extends Fields>(fields: F): MessageCodec<SpecOf<F>> {
  const entries = Object.entries(fields);
  const byNumber = new Map(entries.map(([name, field]) => [field.number, [name, field] as const]));

  const zero = () => {
    const values: Record<string, unknown> = {};
    for (const [name, { codec, presence }] of entries) if (presence === "always") values[name] = codec.zero;
    return values;
  };
  const isWritten = ({ codec, presence }: Field<unknown>, value: unknown): boolean =>
    value !== undefined && (presence === "present" || !codec.isZero(value));

  const encode = (values: Values): Uint8Array => {
    const to = new WireWriter();
    for (const [name, field] of entries) {
      if (isWritten(field, values[name])) field.codec.write(to, field.number, values[name]);
    }
    return to.finish();
  };
  const decode = (bytes: Uint8Array, before: Values = zero()): Values => {
    const from = new WireReader(bytes);
    const values: Record<string, unknown> = { ...before };
    while (!from.done) {
      const { field: number, type } = from.tag();
      const known = byNumber.get(number);
      if (known === undefined) from.skip(type);
      else values[known[0]] = known[1].codec.read(from, type, values[known[0]] ?? known[1].codec.zero);
    }
    return values;
  };
  const yaml = (values: Values): Record<string, YamlValue> => {
    const shown: Record<string, YamlValue> = {};
    for (const [name, field] of entries) {
      const value = values[name];
      if (field.presence !== "always" && !isWritten(field, value)) continue;
      const inner = field.codec.yaml(value ?? field.codec.zero);
      if (field instanceof InlineField) Object.assign(shown, inner);
      else shown[name] = inner;
    }
    return shown;
  };

  const codec: MessageCodec<Values> = {
    shape: { kind: "message", fields },
    zero: zero(),
    isZero: (values) => entries.every(([name, field]) => !isWritten(field, values[name])),
    write: (to, field, values) => void to.tag(field, WireType.bytes).bytes(encode(values)),
    read(from, type, before) {
      if (type === WireType.bytes) return decode(from.bytes(), before);
      from.skip(type);
      return before;
    },
    yaml,
    encode,
    decode: (bytes) => decode(bytes),
  };
  // The entries of a record do not carry the types of its keys: here, and only here, they are put back.
  return codec as unknown as MessageCodec<SpecOf<F>>;
}

/** A field that is itself a message. */
export function message<F extends Fields>(number: number, fields: F, doc = ""): Field<SpecOf<F>, "always"> {
  return fieldOf(messageOf(fields))(number, doc);
}

/** A message whose fields are shown among those of the message around it. */
export function inline<F extends Fields>(number: number, fields: F): Field<SpecOf<F>, "nonZero"> {
  return new InlineField(number, messageOf(fields), "nonZero", "");
}

class InlineField<T> extends Field<T, "nonZero"> {}

/** Whether its fields are shown among those of the message around it. */
export const isInline = (field: Field<unknown>): boolean => field instanceof InlineField;
