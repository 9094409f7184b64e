import { Backoff } from "../async/backoff.ts";
import { Notice } from "../async/notice.ts";
import { pause } from "../async/pause.ts";
import { messageOf } from "../errors/message.ts";
import type { Channel } from "../grpc/client/channel.ts";
import { connect } from "../grpc/client/connect.ts";
import { remoteMethods } from "../grpc/client/remote-methods.ts";
import type { Target } from "../grpc/target.ts";
import { addressFromBytes } from "../net/address.ts";
import { sidero } from "../proto/discovery.ts";
import type { Decoded } from "../proto/message.ts";
import { type DiscoveredAffiliate, openAffiliate, sealAffiliate } from "./affiliate.ts";

const pb = sidero.discovery.server;

const method = remoteMethods("sidero.discovery.server.Cluster");
const methods = {
  hello: method("Hello", pb.HelloRequest, pb.HelloResponse),
  update: method("AffiliateUpdate", pb.AffiliateUpdateRequest, pb.AffiliateUpdateResponse),
  remove: method("AffiliateDelete", pb.AffiliateDeleteRequest, pb.AffiliateDeleteResponse),
  watch: method("Watch", pb.WatchRequest, pb.WatchResponse),
};

const helloTimeoutMs = 10_000;
const updateTimeoutMs = 30_000;
/** A cluster is not that large: what a service sends beyond that is left out. */
const mostAffiliates = 4_096;

export interface DiscoveryOptions {
  /** `host:port`; the service may send us on to another. */
  readonly endpoint: string;
  readonly targetOf: (endpoint: string) => Promise<Target>;
  readonly clusterId: string;
  /** This machine's id. */
  readonly affiliateId: string;
  /** 32 bytes; see cipher.ts. */
  readonly key: Uint8Array;
  /** Of ours, told to the service. */
  readonly version: string;
  /** The service forgets this machine so long after it last heard of it; it hears twice in that time. */
  readonly ttlMs?: number;
  /** Told of each trouble; it is tried again by itself. */
  readonly onProblem?: (problem: string) => void;
  readonly backoff?: { readonly initialMs: number; readonly maximumMs: number };
}

const halfAnHourMs = 30 * 60_000;

/** Tells the discovery service of this machine, and hears from it of the others of the cluster. */
export class DiscoveryClient {
  readonly #options: DiscoveryOptions;
  readonly #found = new Notice();
  readonly #told = new Notice();
  #endpoint: string;
  #affiliates = new Map<string, DiscoveredAffiliate>();
  #publicAddress: string | undefined;
  #local: DiscoveredAffiliate | "gone" | undefined;
  #localText = "";

  constructor(options: DiscoveryOptions) {
    this.#options = options;
    this.#endpoint = options.endpoint;
  }

  /** The other machines. While the service is away, those that were known last. */
  get affiliates(): readonly DiscoveredAffiliate[] {
    return [...this.#affiliates.values()];
  }

  /** This machine's address, as the service sees it. */
  get publicAddress(): string | undefined {
    return this.#publicAddress;
  }

  /** What to tell of this machine; `gone`: that it is no more. */
  tell(local: DiscoveredAffiliate | "gone"): void {
    const text = JSON.stringify(local);
    if (text === this.#localText) return;
    this.#localText = text;
    this.#local = local;
    this.#told.post();
  }

  /** Resolves when something new was heard. */
  changed(signal: AbortSignal): Promise<void> {
    return this.#found.next(signal);
  }

  /** Keeps in touch until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { endpoint, onProblem = () => undefined } = this.#options;
    const backoff = new Backoff({ initialMs: 500, maximumMs: 60_000, jitter: 0.5, ...this.#options.backoff });
    while (!signal.aborted) {
      try {
        await this.#session(signal, () => backoff.reset());
      } catch (thrown) {
        if (!signal.aborted) onProblem(messageOf(thrown));
        // Where we were sent may be gone; the first one knows another.
        this.#endpoint = endpoint;
      }
      await pause(backoff.next(), signal);
    }
  }

  /** One connection, until it breaks. */
  async #session(signal: AbortSignal, onWell: () => void): Promise<void> {
    const { clusterId: cluster_id, version: client_version, targetOf } = this.#options;
    using channel = connect({ target: await targetOf(this.#endpoint), connectTimeoutMs: helloTimeoutMs });
    const limit = { timeoutMs: helloTimeoutMs, signal };
    const { redirect, client_ip: address } = await channel.unary(methods.hello, { cluster_id, client_version }, limit);
    if (redirect !== null && redirect !== undefined && redirect.endpoint !== "") {
      this.#endpoint = redirect.endpoint;
      return;
    }
    this.#publicAddress = address.length === 4 || address.length === 16 ? addressFromBytes(address) : undefined;
    const over = new AbortController();
    const both = AbortSignal.any([signal, over.signal]);
    const parts = [this.#hear(channel, both), this.#keepTelling(channel, both, onWell)];
    try {
      await Promise.race(parts);
    } finally {
      over.abort();
      await Promise.allSettled(parts);
    }
  }

  async #hear(channel: Channel, signal: AbortSignal): Promise<void> {
    let isSnapshot = true;
    for await (const news of channel.serverStream(methods.watch, { cluster_id: this.#options.clusterId }, { signal })) {
      if (isSnapshot) this.#affiliates = new Map();
      isSnapshot = false;
      this.#take(news);
      this.#found.post();
    }
  }

  #take({ affiliates, deleted }: Decoded<typeof pb.WatchResponse>): void {
    for (const { id, data, endpoints } of affiliates) {
      if (id === this.#options.affiliateId) continue;
      if (deleted) this.#affiliates.delete(id);
      // Others may know an endpoint of a machine that has not said anything yet.
      else if (data.length > 0 && (this.#affiliates.has(id) || this.#affiliates.size < mostAffiliates)) {
        try {
          this.#affiliates.set(id, openAffiliate(this.#options.key, { data, endpoints }));
        } catch (thrown) {
          this.#options.onProblem?.(messageOf(thrown));
        }
      }
    }
  }

  async #keepTelling(channel: Channel, signal: AbortSignal, onWell: () => void): Promise<void> {
    const { clusterId: cluster_id, affiliateId: affiliate_id, key, ttlMs = halfAnHourMs } = this.#options;
    const limit = { timeoutMs: updateTimeoutMs, signal };
    while (!signal.aborted) {
      const next = this.#told.next(AbortSignal.any([signal, AbortSignal.timeout(ttlMs / 2)]));
      const local = this.#local;
      if (local === "gone") await channel.unary(methods.remove, { cluster_id, affiliate_id }, limit);
      else if (local !== undefined) {
        const { data, endpoints } = sealAffiliate(key, local);
        const ttl = { seconds: Math.ceil(ttlMs / 1_000) };
        const update = { cluster_id, affiliate_id, affiliate_data: data, affiliate_endpoints: [...endpoints], ttl };
        await channel.unary(methods.update, update, limit);
      }
      onWell();
      await next;
    }
  }
}
