/** A generated protobuf class, as far as a transport needs it. */
export interface Message<Decoded = unknown, Encodable = never> {
  encode(message: Encodable): { finish(): Uint8Array };
  /** @throws Error when the bytes are no such message. */
  decode(bytes: Uint8Array): Decoded;
}

/** What `decode` of a message class returns. */
export type Decoded<M extends Message> = ReturnType<M["decode"]>;

/** What `encode` of a message class accepts: a plain object with any of the fields. */
export type Encodable<M extends Message> = Parameters<M["encode"]>[0];
