import { WireReader } from "../wire/reader.ts";
import { WireType, WireWriter } from "../wire/writer.ts";
import { type Codec, notOfType } from "./codec.ts";

/** Numbers go into one packed field, everything else into one field per item; both forms are read. */
export function listOf<T>(item: Codec<T>): Codec<readonly T[]> {
  const { packed } = item;
  return {
    shape: { kind: "list", of: item.shape },
    zero: [],
    isZero: ({ length }) => length === 0,
    write(to, field, values) {
      if (packed === undefined) {
        for (const value of values) item.write(to, field, value);
        return;
      }
      const inner = new WireWriter();
      for (const value of values) packed.write(inner, value);
      to.tag(field, WireType.bytes).bytes(inner.finish());
    },
    read(from, type, before) {
      if (packed === undefined || type !== WireType.bytes) return [...before, item.read(from, type, item.zero)];
      const inner = new WireReader(from.bytes());
      const values = [...before];
      while (!inner.done) values.push(packed.read(inner));
      return values;
    },
    yaml: (values) => values.map((value) => item.yaml(value)),
    fromYaml(values, place) {
      if (!Array.isArray(values)) throw notOfType(values, "list", place);
      return values.map((value, index) => item.fromYaml(value, { ...place, path: `${place.path}[${index}]` }));
    },
  };
}
