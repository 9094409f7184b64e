/** A line longer than this is passed on in pieces. */
const maximumLine = 1 << 20;

/** Puts a text before every line of a stream whose chunks end anywhere. */
export class LinePrefixer {
  readonly #prefix: string;
  readonly #decoder = new TextDecoder();
  #rest = "";

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** The lines that are complete now. */
  push(bytes: Uint8Array): string {
    const text = this.#rest + this.#decoder.decode(bytes, { stream: true });
    const lines = text.split("\n");
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > maximumLine) {
      lines.push(this.#rest);
      this.#rest = "";
    }
    return lines.map((line) => `${this.#prefix}${line}\n`).join("");
  }

  /** What is left, as a line. */
  end(): string {
    const rest = this.#rest + this.#decoder.decode();
    this.#rest = "";
    return rest === "" ? "" : `${this.#prefix}${rest}\n`;
  }
}
