import { decodeRecords, Flag, RecordType, ResponseCode, viewOf } from "./message.ts";

export interface CacheOptions {
  readonly entries?: number;
  readonly bytes?: number;
  /** Milliseconds on a clock that never jumps; injected by tests. */
  readonly now?: () => number;
}

interface Entry {
  readonly answer: Uint8Array;
  readonly ttlOffsets: readonly number[];
  readonly storedMs: number;
  readonly expiresMs: number;
}

/** Whatever servers say: not asked again sooner, and not believed longer, than so. */
const shortestSeconds = 5;
const longestSeconds = 3_600;
/** That there is no such name is news that ages fast: somebody is just about to make it. */
const longestNegativeSeconds = 10;

/** Answers of servers, for as long as they are good. The ones used least recently go first. */
export class DnsCache {
  readonly #entries = new Map<string, Entry>();
  readonly #limits: Required<CacheOptions>;
  #bytes = 0;

  constructor(options: CacheOptions = {}) {
    this.#limits = { entries: 4_096, bytes: 2 * 1_024 * 1_024, now: () => performance.now(), ...options };
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The answer as it would be given now: its records have grown older. Id and question are those of then. */
  get(key: string): Uint8Array | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const now = this.#limits.now();
    if (now >= entry.expiresMs) {
      this.#remove(key, entry);
      return undefined;
    }
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    const answer = entry.answer.slice();
    const view = viewOf(answer);
    const ageSeconds = Math.floor((now - entry.storedMs) / 1_000);
    for (const offset of entry.ttlOffsets) view.setUint32(offset, Math.max(1, view.getUint32(offset) - ageSeconds));
    return answer;
  }

  /** Keeps an answer, unless it is a failure, cut off, or larger than is worth it. */
  put(key: string, answer: Uint8Array): void {
    const seconds = lifetimeSeconds(answer);
    if (seconds === undefined || answer.length > this.#limits.bytes / 16) return;
    const before = this.#entries.get(key);
    if (before !== undefined) this.#remove(key, before);
    const now = this.#limits.now();
    const ttlOffsets = agesOf(answer);
    // A copy: the bytes may be part of a much larger buffer.
    const entry = { answer: answer.slice(), ttlOffsets, storedMs: now, expiresMs: now + seconds * 1_000 };
    this.#entries.set(key, entry);
    this.#bytes += answer.length;
    for (const [oldest, other] of this.#entries) {
      if (this.#entries.size <= this.#limits.entries && this.#bytes <= this.#limits.bytes) break;
      this.#remove(oldest, other);
    }
  }

  /** Forgets everything: other servers may say other things. */
  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  #remove(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.#bytes -= entry.answer.length;
  }
}

/** How long an answer is good; undefined for what must not be kept. */
export function lifetimeSeconds(answer: Uint8Array): number | undefined {
  const flags = viewOf(answer).getUint16(2);
  const code = flags & Flag.code;
  const records = decodeRecords(answer);
  if (records === undefined || (flags & Flag.truncated) !== 0) return undefined;
  if (code !== ResponseCode.ok && code !== ResponseCode.noSuchName) return undefined;
  const answers = records.filter(({ section }) => section === "answer");
  if (code === ResponseCode.ok && answers.length > 0) {
    const shortest = Math.min(...answers.map(({ ttlSeconds }) => ttlSeconds));
    return Math.min(longestSeconds, Math.max(shortestSeconds, shortest));
  }
  // RFC 2308: the zone's own word on how long nothing stays nothing.
  const zone = records.find(({ section, type }) => section === "authority" && type === RecordType.SOA);
  if (zone === undefined || zone.data.length < 20) return shortestSeconds;
  const minimum = viewOf(zone.data).getUint32(zone.data.length - 4);
  return Math.min(longestNegativeSeconds, Math.max(shortestSeconds, Math.min(minimum, zone.ttlSeconds)));
}

/** Where ages stand. What OPT has in that place is none. */
const agesOf = (answer: Uint8Array): number[] =>
  (decodeRecords(answer) ?? []).filter(({ type }) => type !== RecordType.OPT).map(({ ttlOffset }) => ttlOffset);
