/** How a spec travels: `proto` is for programs that know the type, `yaml` for those that only show it. */
export interface SpecOnWire {
  encodeProto(spec: unknown): Uint8Array;
  decodeProto(bytes: Uint8Array): unknown;
  toYaml(spec: unknown): string;
}

/** The codec of a type's spec; `undefined` for types that nobody knows. */
export type FindCodec = (type: string) => SpecOnWire | undefined;
