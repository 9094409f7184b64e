import { toBase64 } from "../bytes/base64.ts";
import { Failure } from "../errors/failure.ts";

/** One block of a PEM file, RFC 7468. */
export interface PemBlock {
  /** Between BEGIN and the dashes, such as `CERTIFICATE`. */
  readonly label: string;
  readonly bytes: Uint8Array;
}

/** A bundle of accepted authorities has tens of blocks; a megabyte is already a mistake. */
const maximumLength = 1 << 20;
const block = /-----BEGIN ([A-Z0-9 ]+)-----\s([\s\S]*?)-----END ([A-Z0-9 ]+)-----/g;

/** Encodes one block, 64 characters to a line, with a final newline. */
export function encodePem(label: string, bytes: Uint8Array): string {
  const lines = toBase64(bytes).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.map((line) => `${line}\n`).join("")}-----END ${label}-----\n`;
}

/**
 * Every block of a PEM text, in order. Text around the blocks is ignored, as the RFC has it.
 * @throws Failure when a block is not base64 or ends with another label than it began with.
 */
export function decodePem(text: string): PemBlock[] {
  if (text.length > maximumLength) throw new Failure(`Cannot read PEM: it is larger than ${maximumLength} bytes`);
  return [...text.matchAll(block)].map(([, label = "", body = "", end = ""]) => {
    if (label !== end) throw new Failure(`Cannot read PEM: "${label}" ends as "${end}"`);
    const base64 = body.replace(/\s/g, "");
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || base64.length % 4 !== 0) {
      throw new Failure(`Cannot read PEM: the content of "${label}" is not base64`);
    }
    return { label, bytes: Buffer.from(base64, "base64") };
  });
}

/**
 * The bytes of the first block with this label.
 * @throws Failure naming what was found instead.
 */
export function pemBlock(text: string, label: string): Uint8Array {
  const blocks = decodePem(text);
  const found = blocks.find((candidate) => candidate.label === label);
  if (found !== undefined) return found.bytes;
  const instead = blocks.length === 0 ? "no PEM block" : blocks.map((other) => `"${other.label}"`).join(", ");
  throw new Failure(`Cannot read PEM: expected "${label}", found ${instead}`);
}
