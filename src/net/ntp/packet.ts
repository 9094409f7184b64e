import { Failure } from "../../errors/failure.ts";
import { isRefusalCode, Refusal } from "./refusal.ts";
import { readShort, readTimestamp } from "./timestamp.ts";

/** The part of a packet that every version has (RFC 5905, 7.3); extensions and authentication may follow. */
export const packetBytes = 48;
/** What a query is told apart by: bytes of our choice where a client's clock is expected. */
export const cookieBytes = 8;

const version = 4;
const clientMode = 3;
const serverMode = 4;
const worstStratum = 15;
/** A server that says it may be wrong by more is no help. */
const worstDistanceMs = 1_500;

const originateAt = 24;
const receiveAt = 32;
const transmitAt = 40;

/** What a minute will have: a second more, one less, or neither. */
export type LeapSecond = "none" | "added" | "removed";

const leapSeconds: readonly (LeapSecond | undefined)[] = ["none", "added", "removed"];

/** What a server says; times in milliseconds since 1970 by its clock. */
export interface ServerTime {
  readonly stratum: number;
  /** Of the current day's last minute. */
  readonly leap: LeapSecond;
  /** When the query came in and when the answer left. */
  readonly receivedMs: number;
  readonly sentMs: number;
  /** How far the server may be off, by its own account. */
  readonly distanceMs: number;
}

/**
 * A query. It tells nothing of our clock: servers do not need it, and a cookie in its place makes answers of those who
 * have not seen the query recognizable.
 */
export function encodeQuery(cookie: Uint8Array): Uint8Array {
  const packet = new Uint8Array(packetBytes);
  packet[0] = (version << 3) | clientMode;
  packet.set(cookie.subarray(0, cookieBytes), transmitAt);
  return packet;
}

/** Whether bytes are an answer to the query with this cookie. Others are to be ignored: anybody can send them. */
export const answers = (bytes: Uint8Array, cookie: Uint8Array): boolean =>
  bytes.length >= packetBytes &&
  ((bytes[0] ?? 0) & 7) === serverMode &&
  Buffer.from(bytes.subarray(originateAt, originateAt + cookieBytes)).equals(cookie);

/** @throws Failure when the server does not tell the time, or does not know it. */
export function decodeAnswer(bytes: Uint8Array): ServerTime {
  if (bytes.length < packetBytes) {
    throw new Failure(`Cannot read the time: an answer of ${bytes.length} bytes is too short`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stratum = view.getUint8(1);
  const code = stratum === 0 ? kissCode(bytes) : "";
  if (isRefusalCode(code)) throw new Refusal(code);
  // The fourth says that the server has no time.
  const leap = leapSeconds[view.getUint8(0) >> 6];
  if (leap === undefined || stratum === 0 || stratum > worstStratum) {
    throw new Failure(`Cannot take the time: the server does not know it itself${code === "" ? "" : ` (${code})`}`);
  }
  const distanceMs = readShort(view, 4) / 2 + readShort(view, 8);
  if (distanceMs > worstDistanceMs) {
    throw new Failure(`Cannot take the time: the server may be ${Math.round(distanceMs)} ms off, by its own account`);
  }
  const [receivedMs, sentMs] = [readTimestamp(view, receiveAt), readTimestamp(view, transmitAt)];
  if (Number.isNaN(receivedMs) || Number.isNaN(sentMs) || sentMs < receivedMs) {
    throw new Failure("Cannot take the time: the server's answer contradicts itself");
  }
  return { stratum, leap, receivedMs, sentMs, distanceMs };
}

/** Why a server tells no time, in four letters such as RATE or INIT (RFC 5905, 7.4); empty when it does not say. */
function kissCode(bytes: Uint8Array): string {
  const code = new TextDecoder("latin1").decode(bytes.subarray(12, 16)).replace(/\0+$/, "");
  return /^[\x20-\x7e]{1,4}$/.test(code) ? code : "";
}
