import { WireReader } from "../wire/reader.ts";
import { WireType, WireWriter } from "../wire/writer.ts";
import { type Codec, isMapping, notOfType, type YamlValue } from "./codec.ts";
import { Field } from "./field.ts";

type Dictionary<T> = Readonly<Record<string, T>>;

/** A map from strings: on the wire a list of messages {1 key, 2 value}. `of` is the value's field, number 2. */
export function mapOf<T>(number: number, of: Field<T>, doc = ""): Field<Dictionary<T>, "always"> {
  return new Field(number, dictionaryOf(of.codec), "always", doc);
}

function dictionaryOf<T>(value: Codec<T>): Codec<Dictionary<T>> {
  return {
    shape: { kind: "map", of: value.shape },
    zero: {},
    isZero: (entries) => Object.keys(entries).length === 0,
    write(to, field, entries) {
      for (const key of sortedKeys(entries)) {
        const inner = new WireWriter();
        inner.tag(1, WireType.bytes).string(key);
        value.write(inner, 2, entries[key] as T);
        to.tag(field, WireType.bytes).bytes(inner.finish());
      }
    },
    read(from, type, before) {
      if (type !== WireType.bytes) {
        from.skip(type);
        return before;
      }
      const [key, read] = readEntry(new WireReader(from.bytes()), value);
      return { ...before, [key]: read };
    },
    yaml(entries) {
      const shown: Record<string, YamlValue> = {};
      for (const key of sortedKeys(entries)) shown[key] = value.yaml(entries[key] as T);
      return shown;
    },
    fromYaml(entries, place) {
      if (!isMapping(entries)) throw notOfType(entries, "map", place);
      const read = Object.entries(entries).map(
        ([key, inner]) => [key, value.fromYaml(inner, { ...place, path: `${place.path}.${key}` })] as const,
      );
      return Object.fromEntries(read);
    },
  };
}

function readEntry<T>(from: WireReader, value: Codec<T>): readonly [string, T] {
  let key = "";
  let read = value.zero;
  while (!from.done) {
    const { field, type } = from.tag();
    if (field === 1 && type === WireType.bytes) key = from.string();
    else if (field === 2) read = value.read(from, type, read);
    else from.skip(type);
  }
  return [key, read];
}

/** Equal maps have equal encodings. */
function sortedKeys(entries: object): string[] {
  return Object.keys(entries).sort();
}
