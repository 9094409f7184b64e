// Messages of RFC 1035, as far as a forwarder needs them: it takes apart the question and the ages of the answers, and
// passes everything else on as it came, so that types nobody knew when this was written keep working.

export const headerBytes = 12;
/** Of UDP messages to clients that announce no other. */
export const smallestPayloadBytes = 512;
/** Fits every path without fragments, as DNS software agreed upon in 2020. */
export const safePayloadBytes = 1_232;
export const largestMessageBytes = 65_535;

export const RecordType = { A: 1, SOA: 6, AAAA: 28, OPT: 41 } as const;
export const ResponseCode = { ok: 0, formatError: 1, serverFailure: 2, noSuchName: 3, refused: 5 } as const;

/** Bits of the second pair of bytes. */
export const Flag = {
  response: 0x8000,
  opcode: 0x7800,
  authoritative: 0x0400,
  truncated: 0x0200,
  recursionDesired: 0x0100,
  recursionAvailable: 0x0080,
  checkingDisabled: 0x0010,
  code: 0x000f,
} as const;

export interface Question {
  /** In lower case, without the last dot; empty for the root. */
  readonly name: string;
  readonly type: number;
  readonly class: number;
  /** Its bytes, in the case that the asker chose. */
  readonly bytes: Uint8Array;
}

export interface MessageHead {
  readonly id: number;
  readonly flags: number;
  readonly question: Question;
}

export interface ResourceRecord {
  readonly section: "answer" | "authority" | "additional";
  readonly type: number;
  /** For OPT: the size of UDP messages that the sender takes. */
  readonly class: number;
  readonly ttlSeconds: number;
  /** Where the four bytes of the age stand. */
  readonly ttlOffset: number;
  readonly data: Uint8Array;
}

/** Of the lower half of OPT's age: the asker wants signatures, RFC 3225. */
export const signaturesWanted = 0x8000;

const longestNameBytes = 255;

/** The head of a query or answer with exactly one question, as all have today; undefined for anything else. */
export function decodeHead(message: Uint8Array): MessageHead | undefined {
  if (message.length < headerBytes) return undefined;
  const view = viewOf(message);
  if (view.getUint16(4) !== 1) return undefined;
  const name = readName(message, headerBytes);
  if (name === undefined || name.end + 4 > message.length) return undefined;
  const question: Question = {
    name: name.text,
    type: view.getUint16(name.end),
    class: view.getUint16(name.end + 2),
    bytes: message.subarray(headerBytes, name.end + 4),
  };
  return { id: view.getUint16(0), flags: view.getUint16(2), question };
}

/** All records after the question; undefined when the message ends before they do, or one makes no sense. */
export function decodeRecords(message: Uint8Array): ResourceRecord[] | undefined {
  const head = decodeHead(message);
  if (head === undefined) return undefined;
  const view = viewOf(message);
  const records: ResourceRecord[] = [];
  let at = headerBytes + head.question.bytes.length;
  const sections = [
    ["answer", view.getUint16(6)],
    ["authority", view.getUint16(8)],
    ["additional", view.getUint16(10)],
  ] as const;
  for (const [section, count] of sections) {
    for (let index = 0; index < count; index += 1) {
      const name = skipName(message, at);
      if (name === undefined || name + 10 > message.length) return undefined;
      const end = name + 10 + view.getUint16(name + 8);
      if (end > message.length) return undefined;
      records.push({
        section,
        type: view.getUint16(name),
        class: view.getUint16(name + 2),
        ttlSeconds: view.getUint32(name + 4),
        ttlOffset: name + 4,
        data: message.subarray(name + 10, end),
      });
      at = end;
    }
  }
  return records;
}

/** A name that is written out, as in questions: there is nothing before them to point to. */
function readName(message: Uint8Array, start: number): { readonly text: string; readonly end: number } | undefined {
  const labels: string[] = [];
  let at = start;
  for (let length = message[at]; length !== 0; length = message[at]) {
    if (length === undefined || length > 63 || at + 1 + length > message.length) return undefined;
    labels.push(labelText(message.subarray(at + 1, at + 1 + length)));
    at += 1 + length;
    if (at - start >= longestNameBytes) return undefined;
  }
  return { text: labels.join("."), end: at + 1 };
}

/** Dots and what is not printable within a label are written as in zone files, so that no two names look alike. */
function labelText(label: Uint8Array): string {
  const text = Buffer.from(label).toString("latin1");
  const plain = text.replace(
    /[^!-~]|[.\\]/g,
    (character) => `\\${character.charCodeAt(0).toString().padStart(3, "0")}`,
  );
  return plain.toLowerCase();
}

/** The place after a name, which may end in a pointer to another one. */
function skipName(message: Uint8Array, start: number): number | undefined {
  let at = start;
  while (at - start < longestNameBytes) {
    const length = message[at];
    if (length === undefined) return undefined;
    if (length === 0) return at + 1;
    if (length >= 0xc0) return at + 2;
    if (length > 63) return undefined;
    at += 1 + length;
  }
  return undefined;
}

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
