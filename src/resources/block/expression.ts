import { type Codec, notOfType } from "../fields/codec.ts";
import { fieldOf } from "../fields/field.ts";

/**
 * A CEL expression as text. The reference carries its parsed form, which only it can read: ours stays off the wire,
 * and is there in YAML.
 */
const codec: Codec<string> = {
  shape: { kind: "value", name: "expression" },
  zero: "",
  isZero: (text) => text === "",
  write: () => undefined,
  read(from, type, before) {
    from.skip(type);
    return before;
  },
  fromYaml(value, place) {
    if (typeof value !== "string") throw notOfType(value, "expression", place);
    return value;
  },
  yaml: (text) => text,
};

export const expression = fieldOf(codec);
