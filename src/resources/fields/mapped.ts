import { WireType } from "../wire/writer.ts";
import type { Codec, YamlValue } from "./codec.ts";
import type { MessageCodec } from "./message.ts";
import { scalar } from "./scalar.ts";

export interface Mapping<Message, T> {
  readonly name: string;
  readonly zero: T;
  isZero?(value: T): boolean;
  toMessage(value: T): Message;
  fromMessage(message: Message): T;
  yaml?(value: T): YamlValue;
  fromYaml?(value: YamlValue): T | undefined;
}

/** A small message that people know as one value, such as a moment or an address. */
export function mapped<Message, T>(codec: MessageCodec<Message>, mapping: Mapping<Message, T>): Codec<T> {
  const { name, zero, isZero, yaml, fromYaml } = mapping;
  return scalar<T>({
    name,
    wire: WireType.bytes,
    zero,
    write: (to, value) => void to.bytes(codec.encode(mapping.toMessage(value))),
    read: (from) => mapping.fromMessage(codec.decode(from.bytes())),
    ...(isZero === undefined ? {} : { isZero }),
    ...(yaml === undefined ? {} : { yaml }),
    ...(fromYaml === undefined ? {} : { fromYaml }),
  });
}
