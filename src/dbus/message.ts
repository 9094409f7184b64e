import { Failure } from "../errors/failure.ts";
import { DbusReader } from "./reader.ts";
import type { DbusValue } from "./value.ts";
import { DbusWriter } from "./writer.ts";

/** Kinds of messages, by their number on the wire. */
export const MessageType = { call: 1, answer: 2, error: 3, signal: 4 } as const;

/** What a message says of itself, by the code of the header field. */
const fieldCodes = {
  path: 1,
  interface: 2,
  member: 3,
  errorName: 4,
  replySerial: 5,
  destination: 6,
  sender: 7,
  signature: 8,
  descriptors: 9,
} as const;

const fieldTypes: Readonly<Record<keyof typeof fieldCodes, string>> = {
  ...{ path: "o", interface: "s", member: "s", errorName: "s", destination: "s", sender: "s" },
  ...{ replySerial: "u", signature: "g", descriptors: "u" },
};

/** A message of D-Bus, version 1 of its protocol (dbus.freedesktop.org/doc/dbus-specification.html). */
export interface DbusMessage {
  /** One of `MessageType`; unknown ones are to be ignored. */
  readonly type: number;
  /** The sender's number for it; never 0. */
  readonly serial: number;
  /** The caller wants no answer. */
  readonly noReply?: boolean;
  readonly path?: string;
  readonly interface?: string;
  readonly member?: string;
  readonly errorName?: string;
  readonly replySerial?: number;
  readonly destination?: string;
  readonly sender?: string;
  /** Types of the body's values. */
  readonly signature?: string;
  /** How many file descriptors come with it. */
  readonly descriptors?: number;
  readonly body?: readonly DbusValue[];
}

const littleEndian = 0x6c; // l
const bigEndian = 0x42; // B
const noReplyFlag = 1;
const fixedBytes = 16;
/** Far more than anybody has to say to us; the specification allows 128 MiB. */
export const maximumMessageBytes = 64 * 1024;

export function encodeMessage(message: DbusMessage): Uint8Array {
  const { type, serial, noReply = false, signature = "", body = [] } = message;
  const content = new DbusWriter();
  content.values(signature, body);
  const fields = Object.entries(fieldCodes).flatMap(([name, code]): DbusValue[] => {
    const value = message[name as keyof typeof fieldCodes];
    return value === undefined ? [] : [[code, { signature: fieldTypes[name as keyof typeof fieldCodes], value }]];
  });
  const header = new DbusWriter();
  header.values("yyyyuua(yv)", [littleEndian, type, noReply ? noReplyFlag : 0, 1, content.length, serial, fields]);
  header.align(8);
  return Buffer.concat([header.finish(), content.finish()]);
}

/**
 * How long the message is that begins here; undefined while too little of it is there to tell.
 * @throws Failure when it is none, or longer than we take
 */
export function messageLength(bytes: Uint8Array): number | undefined {
  const order = bytes[0];
  if (order !== undefined && order !== littleEndian && order !== bigEndian)
    throw new Failure("Cannot decode a D-Bus message: it names no order of bytes");
  if (bytes.length < fixedBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields = view.getUint32(12, order === littleEndian);
  const length = fixedBytes + Math.ceil(fields / 8) * 8 + view.getUint32(4, order === littleEndian);
  if (length > maximumMessageBytes)
    throw new Failure(`Cannot decode a D-Bus message: it is longer than ${maximumMessageBytes} bytes`);
  return length;
}

/** @throws Failure when the bytes are no message */
export function decodeMessage(bytes: Uint8Array): DbusMessage {
  const length = messageLength(bytes);
  if (length === undefined || length > bytes.length)
    throw new Failure("Cannot decode a D-Bus message: it ends too early");
  const reader = new DbusReader(bytes.subarray(0, length), bytes[0] === littleEndian);
  const [, type, flags, version, , serial, fields] = reader.values("yyyyuua(yv)");
  if (version !== 1) throw new Failure(`Cannot decode a D-Bus message: version ${String(version)} is unknown`);
  reader.align(8);
  const named = fieldsOf(fields);
  const body = reader.values(named.signature ?? "");
  if (reader.at !== length) throw new Failure("Cannot decode a D-Bus message: its body is longer than its signature");
  return {
    type: Number(type),
    serial: Number(serial),
    ...((Number(flags) & noReplyFlag) !== 0 && { noReply: true }),
    ...named,
    ...(body.length > 0 && { body }),
  };
}

type Fields = Pick<DbusMessage, keyof typeof fieldCodes>;

/** Fields of a code that we do not know are ignored, as the specification wants. */
function fieldsOf(fields: DbusValue | undefined): Fields {
  const names = new Map<DbusValue, string>(Object.entries(fieldCodes).map(([name, code]) => [code, name]));
  const found: Record<string, DbusValue> = {};
  for (const field of Array.isArray(fields) ? (fields as readonly DbusValue[]) : []) {
    const [code, variant] = field as readonly [number, { readonly signature: string; readonly value: DbusValue }];
    const name = names.get(code) as keyof typeof fieldCodes | undefined;
    if (name === undefined) continue;
    if (variant.signature !== fieldTypes[name])
      throw new Failure(`Cannot decode a D-Bus message: its ${name} is of the type "${variant.signature}"`);
    found[name] = variant.value;
  }
  return found as Fields;
}
