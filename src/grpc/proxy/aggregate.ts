import { common } from "../../proto/index.ts";
import type { StatusError } from "../status.ts";
import { codeName } from "../status-name.ts";

/**
 * How the answers of several nodes become one. Every response of the API is `{ repeated X messages = 1 }`, and every
 * X, and every message of a stream, has `common.Metadata metadata = 1`. So bytes alone can be joined: fields of
 * concatenated messages are merged by whoever decodes them, and a repeated field grows.
 */

/** Tag of field 1 with a length: `messages` in a response, `metadata` in an element. */
const fieldOne = (1 << 3) | 2;

/** A node's message of a stream, told apart by the node's name. */
export const streamMessageOf = (node: string, message: Uint8Array): readonly Uint8Array[] => [message, nameOf(node)];

/** A node's response, each of its elements told apart by the node's name. @throws RangeError when it is no message. */
export function responseOf(node: string, response: Uint8Array): Uint8Array {
  const name = nameOf(node);
  const parts: Uint8Array[] = [];
  for (const field of fieldsOf(response)) {
    if (field.tag !== fieldOne) parts.push(field.whole);
    else parts.push(Uint8Array.of(fieldOne), varint(field.content.length + name.length), field.content, name);
  }
  return Buffer.concat(parts);
}

/** What stands for the message of a node that failed: a failure must not hide the answers of others. */
export function failureOf(node: string, { code, message }: StatusError): Uint8Array {
  const error = `rpc error: code = ${codeName(code)} desc = ${message}`;
  return common.Empty.encode({ metadata: { hostname: node, error, status: { code, message } } }).finish();
}

/** A message as the one element of a response. */
export const responseWith = (element: Uint8Array): Uint8Array =>
  Buffer.concat([Uint8Array.of(fieldOne), varint(element.length), element]);

/** `metadata { hostname }`, as a field to append. */
const nameOf = (node: string): Uint8Array => common.Empty.encode({ metadata: { hostname: node } }).finish();

interface Field {
  readonly tag: number;
  /** The field with its tag. */
  readonly whole: Uint8Array;
  /** What follows the length; empty for fields that have none. */
  readonly content: Uint8Array;
}

function* fieldsOf(message: Uint8Array): Generator<Field, void, undefined> {
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let shift = 0; shift < 64; shift += 7) {
      const byte = message[at];
      at += 1;
      if (byte === undefined) throw new RangeError("a number ends too early");
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError("a number has too many bytes");
  };
  while (at < message.length) {
    const start = at;
    const tag = next();
    const length = lengthOf(tag & 7, next);
    const content = message.subarray(at, at + length);
    at += length;
    if (at > message.length) throw new RangeError("a field ends too late");
    yield { tag, whole: message.subarray(start, at), content };
  }
}

/** Bytes of a field after its tag, and after its length if its wire type has one. */
function lengthOf(wireType: number, next: () => number): number {
  switch (wireType) {
    case 0:
      next();
      return 0;
    case 1:
      return 8;
    case 2:
      return next();
    case 5:
      return 4;
    default:
      throw new RangeError(`there is no wire type ${wireType}`);
  }
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest & 0x7f) | 0x80);
  return Uint8Array.from([...bytes, rest]);
}
