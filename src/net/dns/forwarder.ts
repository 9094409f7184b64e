import { DnsCache } from "./cache.ts";
import { composeAddresses, composeEmpty, composeUnreadable, type UpstreamQuery } from "./compose.ts";
import { type DnsServer, exchange } from "./exchange.ts";
import {
  decodeHead,
  decodeRecords,
  Flag,
  headerBytes,
  type MessageHead,
  RecordType,
  ResponseCode,
  signaturesWanted,
  smallestPayloadBytes,
  viewOf,
} from "./message.ts";

export interface ForwarderOptions {
  readonly cache?: DnsCache;
  /** How long a client is kept waiting, over all servers. Its own resolver gives up after five seconds. */
  readonly timeoutMs?: number;
  /** How long one server is waited for while there are others. */
  readonly serverTimeoutMs?: number;
  /** Questions under way to servers at a time; more are refused. */
  readonly concurrency?: number;
  /** Addresses by name, of the machines of the cluster; undefined when there is no such machine. */
  readonly addressesOf?: (name: string) => readonly string[] | undefined;
  /** Called when a server begins or ceases to answer. */
  readonly onHealth?: (server: DnsServer, healthy: boolean) => void;
}

export interface Answer {
  readonly message: Uint8Array;
  /** The largest UDP message that the asker takes. */
  readonly payloadBytes: number;
}

const standardQuery = 0;
const memberTtlSeconds = 10;
const payloadLimitBytes = 4_096;
/** A machine whose servers are all silent must not keep its programs waiting as long as one who has another. */
const silentTimeoutMs = 1_000;

/** Answers questions from what it knows: the cluster's machines, what servers said before, and servers. */
export class Forwarder {
  readonly #options: Required<ForwarderOptions>;
  readonly #underWay = new Map<string, Promise<Uint8Array>>();
  readonly #silent = new Set<string>();
  #servers: readonly DnsServer[] = [];

  constructor(options: ForwarderOptions = {}) {
    this.#options = {
      ...{ cache: new DnsCache(), timeoutMs: 4_500, serverTimeoutMs: 2_000, concurrency: 256 },
      ...{ addressesOf: () => undefined, onHealth: () => {} },
      ...options,
    };
  }

  /** Whom to ask from now on, in order. What others said is forgotten. */
  set servers(servers: readonly DnsServer[]) {
    if (Bun.deepEquals(this.#servers, servers)) return;
    this.#servers = servers;
    this.#silent.clear();
    this.#options.cache.clear();
  }

  /** The answer to a client's message; undefined when none is due. Never rejects. */
  async answer(message: Uint8Array): Promise<Answer | undefined> {
    if (message.length < headerBytes) return undefined;
    const flags = viewOf(message).getUint16(2);
    if ((flags & Flag.response) !== 0) return undefined; // two servers would answer each other for ever
    const head = decodeHead(message);
    const records = decodeRecords(message);
    if (head === undefined || records === undefined || (flags & Flag.opcode) !== standardQuery) {
      const unreadable = composeUnreadable(viewOf(message).getUint16(0), ResponseCode.formatError);
      return { message: unreadable, payloadBytes: smallestPayloadBytes };
    }
    const options = records.find(({ type }) => type === RecordType.OPT);
    const payloadBytes = Math.min(payloadLimitBytes, Math.max(smallestPayloadBytes, options?.class ?? 0));
    const query: UpstreamQuery = {
      question: head.question,
      checkingDisabled: (flags & Flag.checkingDisabled) !== 0,
      extended: options !== undefined,
      signatures: ((options?.ttlSeconds ?? 0) & signaturesWanted) !== 0,
    };
    return { message: this.#ofMember(head) ?? (await this.#ofServers(head, query)), payloadBytes };
  }

  #ofMember(head: MessageHead): Uint8Array | undefined {
    const { name, type } = head.question;
    if (type !== RecordType.A && type !== RecordType.AAAA) return undefined;
    const addresses = this.#options.addressesOf(name);
    const family = addresses?.filter((address) => address.includes(":") === (type === RecordType.AAAA)) ?? [];
    return family.length === 0 ? undefined : composeAddresses(head, family, memberTtlSeconds);
  }

  async #ofServers(head: MessageHead, query: UpstreamQuery): Promise<Uint8Array> {
    const { cache } = this.#options;
    const { name, type } = head.question;
    const key = [name, type, head.question.class, query.checkingDisabled, query.extended, query.signatures].join("\0");
    const known = cache.get(key);
    if (known !== undefined) return addressedTo(head, known);
    try {
      return addressedTo(head, (await this.#askOnce(key, query)).slice());
    } catch {
      return composeEmpty(head, ResponseCode.serverFailure);
    }
  }

  /** Who asks the same at the same time waits for the same answer. */
  #askOnce(key: string, query: UpstreamQuery): Promise<Uint8Array> {
    const asked = this.#underWay.get(key);
    if (asked !== undefined) return asked;
    if (this.#underWay.size >= this.#options.concurrency)
      return Promise.reject(new Error("Too many questions at once"));
    const asking = this.#ask(query)
      .then((answer) => {
        this.#options.cache.put(key, answer);
        return answer;
      })
      .finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, asking);
    return asking;
  }

  /** Asks one server after the other, those first that answered last time. @throws when none has an answer */
  async #ask(query: UpstreamQuery): Promise<Uint8Array> {
    const { timeoutMs, serverTimeoutMs } = this.#options;
    const isSilent = (server: DnsServer) => this.#silent.has(nameOf(server));
    const inOrder = [...this.#servers.filter((server) => !isSilent(server)), ...this.#servers.filter(isSilent)];
    const patience = AbortSignal.timeout(this.#servers.every(isSilent) ? silentTimeoutMs : timeoutMs);
    let failed: Uint8Array | undefined;
    let problem: unknown = new Error("There is no server to ask");
    for (const [index, server] of inOrder.entries()) {
      const isLast = index === inOrder.length - 1;
      const signal = isLast ? patience : AbortSignal.any([patience, AbortSignal.timeout(serverTimeoutMs)]);
      try {
        const answer = await exchange(server, query, signal);
        this.#note(server, true);
        if (!isFailure(answer)) return answer;
        failed = answer;
      } catch (thrown) {
        this.#note(server, false);
        problem = thrown;
      }
      if (patience.aborted) break;
    }
    if (failed !== undefined) return failed;
    throw problem;
  }

  #note(server: DnsServer, healthy: boolean): void {
    const name = nameOf(server);
    if (this.#silent.has(name) !== healthy) return;
    if (healthy) this.#silent.delete(name);
    else this.#silent.add(name);
    this.#options.onHealth(server, healthy);
  }
}

/** The server's word for "ask somebody else". */
function isFailure(answer: Uint8Array): boolean {
  const code = viewOf(answer).getUint16(2) & Flag.code;
  return code === ResponseCode.serverFailure || code === ResponseCode.refused;
}

/** Gives a server's answer the asker's id and the case of the asker's question. Changes the bytes it was given. */
function addressedTo({ id, flags, question }: MessageHead, answer: Uint8Array): Uint8Array {
  const view = viewOf(answer);
  view.setUint16(0, id);
  view.setUint16(2, (view.getUint16(2) & ~Flag.recursionDesired) | (flags & Flag.recursionDesired));
  answer.set(question.bytes, headerBytes);
  return answer;
}

const nameOf = ({ address, port }: DnsServer): string => `${address} ${port}`;
