import { addressToBytes } from "../address.ts";
import {
  Flag,
  headerBytes,
  type MessageHead,
  type Question,
  RecordType,
  safePayloadBytes,
  signaturesWanted,
  viewOf,
} from "./message.ts";

/** What an upstream is asked; whoever wants the same gets the same answer. */
export interface UpstreamQuery {
  readonly question: Question;
  readonly checkingDisabled: boolean;
  /** Whether the asker understands EDNS at all, RFC 6891, and wants signatures. */
  readonly extended: boolean;
  readonly signatures: boolean;
}

/** A pointer to the question's name. */
const toQuestion = [0xc0, headerBytes];

/** A message of ours to an upstream: cookies and other options of the asker are between it and us. */
export function composeQuery(id: number, query: UpstreamQuery): Uint8Array {
  const flags = Flag.recursionDesired | (query.checkingDisabled ? Flag.checkingDisabled : 0);
  const counts = { additional: query.extended ? 1 : 0 };
  const options = query.extended ? [0, ...pair(RecordType.OPT), ...pair(safePayloadBytes), 0, 0] : [];
  const rest = query.extended ? [...pair(query.signatures ? signaturesWanted : 0), 0, 0] : [];
  return compose(id, flags, query.question, counts, [...options, ...rest]);
}

/** An answer without records: a failure, that there is nothing, or that it has to be asked for over TCP. */
export function composeEmpty({ id, flags, question }: MessageHead, code: number, more = 0): Uint8Array {
  return compose(id, answerFlags(flags) | code | more, question, {}, []);
}

/** An answer to someone whose question cannot even be read. */
export function composeUnreadable(id: number, code: number): Uint8Array {
  const message = new Uint8Array(headerBytes);
  viewOf(message).setUint16(0, id);
  viewOf(message).setUint16(2, Flag.response | code);
  return message;
}

/** An answer of our own knowledge: addresses of the question's type. */
export function composeAddresses(
  { id, flags, question }: MessageHead,
  addresses: readonly string[],
  ttlSeconds: number,
): Uint8Array {
  const records = addresses.flatMap((address) => {
    const data = addressToBytes(address);
    const ttl = [...pair(ttlSeconds >>> 16), ...pair(ttlSeconds & 0xffff)];
    return [...toQuestion, ...pair(question.type), ...pair(question.class), ...ttl, ...pair(data.length), ...data];
  });
  const all = answerFlags(flags) | Flag.authoritative;
  return compose(id, all, question, { answers: addresses.length }, records);
}

/** Keeps of a query's flags what an answer repeats. */
const answerFlags = (flags: number): number =>
  Flag.response | Flag.recursionAvailable | (flags & (Flag.opcode | Flag.recursionDesired | Flag.checkingDisabled));

function compose(
  id: number,
  flags: number,
  question: Question,
  { answers = 0, additional = 0 }: { readonly answers?: number; readonly additional?: number },
  records: readonly number[],
): Uint8Array {
  const header = [...pair(id), ...pair(flags), ...pair(1), ...pair(answers), ...pair(0), ...pair(additional)];
  return Uint8Array.of(...header, ...question.bytes, ...records);
}

const pair = (value: number): readonly [number, number] => [(value >> 8) & 0xff, value & 0xff];
