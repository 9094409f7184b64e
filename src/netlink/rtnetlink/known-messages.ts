import type { NetlinkMessage } from "../message.ts";

/** More than any machine's routes; who has more has them decoded each time. */
const mostKnown = 50_000;

/** Decodes what the kernel says, and knows again what it has said before: of thousands, most are as they were. */
export class KnownMessages<T> {
  readonly #decode: (body: Uint8Array) => T | undefined;
  /** By their bytes. */
  #known = new Map<string, T | undefined>();

  constructor(decode: (body: Uint8Array) => T | undefined) {
    this.#decode = decode;
  }

  /** Everything there is of a kind; what is not among it is forgotten. Of the same bytes it is the same object. */
  all(messages: readonly NetlinkMessage[]): T[] {
    const before = this.#known;
    this.#known = new Map();
    return this.#items(messages, before);
  }

  /** Some of what there is. */
  some(messages: readonly NetlinkMessage[]): T[] {
    return this.#items(messages, this.#known);
  }

  #items(messages: readonly NetlinkMessage[], before: ReadonlyMap<string, T | undefined>): T[] {
    return messages.flatMap(({ body }) => {
      const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("latin1");
      const item = before.has(bytes) ? before.get(bytes) : this.#decode(body);
      if (this.#known.size >= mostKnown) this.#known.clear();
      this.#known.set(bytes, item);
      return item ?? [];
    });
  }
}
