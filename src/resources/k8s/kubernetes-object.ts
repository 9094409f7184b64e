import type { SpecCodec } from "../define.ts";
import { fieldOf } from "../fields/field.ts";
import { messageOf } from "../fields/message.ts";
import { type Document, structCodec } from "../fields/struct.ts";

const struct = fieldOf(structCodec);
const one = messageOf({ object: struct(1) });
const several = messageOf({ items: fieldOf(one)(1).list() });

/** A spec that is one Kubernetes object. */
export const objectCodec: SpecCodec<Document> = {
  encode: (object) => one.encode({ object }),
  decode: (bytes) => one.decode(bytes).object,
  yaml: structCodec.yaml,
};

/** A spec that is a list of Kubernetes objects. */
export const objectsCodec: SpecCodec<readonly Document[]> = {
  encode: (objects) => several.encode({ items: objects.map((object) => ({ object })) }),
  decode: (bytes) => several.decode(bytes).items.map(({ object }) => object),
  yaml: (objects) => objects.map(structCodec.yaml),
};
