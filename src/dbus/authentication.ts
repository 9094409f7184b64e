import { Failure } from "../errors/failure.ts";

/** Longer lines are nobody's whom we know. */
export const maximumLineBytes = 1_024;

/** What to do about a line that a client sent. */
export interface HandshakeStep {
  /** A line for the client, without its end. */
  readonly answer?: string;
  /** From here on there are messages. */
  readonly begins?: boolean;
}

/**
 * The server's side of the talk before the first message (the specification's "Authentication Protocol"). Whoever
 * reaches our socket may use it, so that the only method is the one in which the kernel vouches for the client.
 */
export class Handshake {
  readonly #id: string;
  #asked = false;
  #authenticated = false;

  /** @param id of the server, 32 hexadecimal digits */
  constructor(id: string) {
    this.#id = id;
  }

  /** @param line what the client said, without its end and, if it is the first one, the zero before it */
  hear(line: string): HandshakeStep {
    const [command = "", mechanism, response] = line.split(" ");
    if (command === "AUTH" && mechanism === "EXTERNAL" && response === undefined) {
      this.#asked = true;
      return { answer: "DATA" };
    }
    if ((command === "AUTH" && mechanism === "EXTERNAL") || (command === "DATA" && this.#asked)) {
      this.#authenticated = true;
      return { answer: `OK ${this.#id}` };
    }
    if (command === "AUTH" || command === "CANCEL") return { answer: "REJECTED EXTERNAL" };
    if (command === "NEGOTIATE_UNIX_FD" && this.#authenticated) return { answer: "AGREE_UNIX_FD" };
    if (command === "BEGIN" && this.#authenticated) return { begins: true };
    return { answer: "ERROR" };
  }
}

/**
 * The first line of what a client sent, and how many bytes it took; undefined while it has no end.
 * @throws Failure when it is longer than any that we know
 */
export function takeLine(bytes: Uint8Array): { readonly line: string; readonly length: number } | undefined {
  const end = bytes.indexOf(0x0a);
  if (end > maximumLineBytes || (end < 0 && bytes.length > maximumLineBytes))
    throw new Failure(`Cannot talk D-Bus: a line is longer than ${maximumLineBytes} bytes`);
  if (end < 0) return undefined;
  const line = new TextDecoder().decode(bytes.subarray(0, end)).replace(/\r$/, "");
  return { line, length: end + 1 };
}
