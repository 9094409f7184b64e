import { WireReader } from "../wire/reader.ts";
import { WireType, WireWriter } from "../wire/writer.ts";
import { type Codec, isMapping, notOfType, type YamlPlace, type YamlValue } from "./codec.ts";
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
    fromYaml: (value, place) => ({ ...zero(), ...readMapping(entries, value, place) }),
    encode,
    decode: (bytes) => decode(bytes),
  };
  // The entries of a record do not carry the types of its keys: here, and only here, they are put back.
  return codec as unknown as MessageCodec<SpecOf<F>>;
}

type Entries = readonly (readonly [name: string, field: Field<unknown>])[];

/** The fields that a map of YAML names. */
function readMapping(entries: Entries, value: YamlValue, place: YamlPlace): Values {
  if (!isMapping(value)) throw notOfType(value, "map of fields", place);
  const values: Record<string, unknown> = {};
  const rest = new Map(Object.entries(value));
  const isInlined = ([, field]: Entries[number]) => field instanceof InlineField;
  for (const [name, { codec }] of entries.filter((entry) => !isInlined(entry))) {
    const inner = rest.get(name);
    rest.delete(name);
    if (inner != null) values[name] = codec.fromYaml(inner, { ...place, path: pathOf(place, name) });
  }
  for (const [name, { codec }] of entries.filter(isInlined)) {
    values[name] = codec.fromYaml(Object.fromEntries(rest), { path: place.path });
    for (const own of fieldNamesOf(codec)) rest.delete(own);
  }
  for (const unknown of rest.keys()) place.onUnknown?.(pathOf(place, unknown));
  return values;
}

const pathOf = ({ path }: YamlPlace, name: string): string => (path === "" ? name : `${path}.${name}`);

const fieldNamesOf = ({ shape }: Codec<unknown>): readonly string[] =>
  shape.kind === "message" ? Object.keys(shape.fields) : [];

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
