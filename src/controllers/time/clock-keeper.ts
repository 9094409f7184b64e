import { Backoff } from "../../async/backoff.ts";
import { Notice } from "../../async/notice.ts";
import { pause } from "../../async/pause.ts";
import type { LogLevel } from "../../cosi/controller.ts";
import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";
import type { Measurement } from "../../net/ntp/query.ts";

export interface ClockKeeperOptions {
  readonly query: (server: string, options: { readonly signal: AbortSignal }) => Promise<Measurement>;
  /** Sets the clock at once. */
  readonly step: (offsetMs: number) => void;
  /** Lets the clock go faster or slower until it is right; told 0 too, since the kernel then knows that it is right. */
  readonly slew: (offsetMs: number) => void;
  readonly log: (level: LogLevel, message: string) => void;
}

/** More than this is not made up for by going faster or slower, which would take minutes. */
const stepFromMs = 128;
/** What was true of the time before is not of the time after: certificates, leases. */
const epochFromMs = 15 * 60_000;

/** Servers are others' property: nobody asks more often than once a minute, and a clock that keeps time more rarely. */
const shortestPollMs = 64_000;
const longestPollMs = 1_024_000;
const retry = { initialMs: 1_000, maximumMs: shortestPollMs } as const;

/** Keeps this machine's clock right by time servers. */
export class ClockKeeper {
  readonly #options: ClockKeeperOptions;
  readonly #changed = new Notice();
  #servers: readonly string[] = [];
  /** Aborts what was begun for other servers. */
  #current = new AbortController();
  #synced = false;
  #epoch = 0;

  constructor(options: ClockKeeperOptions) {
    this.#options = options;
  }

  /** Whether the clock has been compared with one of the servers in use. */
  get synced(): boolean {
    return this.#synced;
  }

  /** How often the clock was set by so much that nothing from before should be believed. */
  get epoch(): number {
    return this.#epoch;
  }

  /** From now on these servers are asked, the first that answers counts; none stops the asking. */
  use(servers: readonly string[]): void {
    if (Bun.deepEquals(servers, this.#servers)) return;
    if (servers.length === 0) this.#synced = false;
    this.#servers = servers;
    this.#current.abort();
    this.#current = new AbortController();
    this.#changed.post();
  }

  /** Keeps the clock until the signal aborts; yields when `synced` or `epoch` has changed. */
  async *run(signal: AbortSignal): AsyncGenerator<void> {
    const backoff = new Backoff(retry);
    let pollMs = shortestPollMs;
    let failing = "";
    while (!signal.aborted) {
      if (this.#servers.length === 0) {
        await this.#changed.next(signal);
        continue;
      }
      const current = AbortSignal.any([signal, this.#current.signal]);
      let pauseMs: number;
      try {
        const measured = await this.#measure(current);
        const before = [this.#synced, this.#epoch];
        pollMs = this.#correct(measured) ? shortestPollMs : Math.min(longestPollMs, pollMs * 2);
        this.#synced = true;
        if (!Bun.deepEquals(before, [this.#synced, this.#epoch])) yield;
        backoff.reset();
        failing = "";
        pauseMs = pollMs;
      } catch (thrown) {
        if (current.aborted) {
          backoff.reset();
          continue;
        }
        // Once is enough: a machine without a network tries for days.
        if (failing !== messageOf(thrown)) this.#options.log("warn", messageOf(thrown));
        failing = messageOf(thrown);
        pauseMs = backoff.next();
      }
      await pause(pauseMs, current);
    }
  }

  async #measure(signal: AbortSignal): Promise<Measurement & { readonly server: string }> {
    const problems: unknown[] = [];
    for (const server of this.#servers) {
      try {
        return { ...(await this.#options.query(server, { signal })), server };
      } catch (thrown) {
        if (signal.aborted) throw thrown;
        problems.push(thrown);
      }
    }
    throw new Failure(`Cannot compare the clock with others: ${problems.map(messageOf).join("; ")}`);
  }

  /** True when the clock was set at once. */
  #correct({ offsetMs, server }: Measurement & { readonly server: string }): boolean {
    const { step, slew, log } = this.#options;
    const steps = Math.abs(offsetMs) >= stepFromMs;
    if (steps) step(offsetMs);
    slew(steps ? 0 : offsetMs);
    if (Math.abs(offsetMs) >= epochFromMs) this.#epoch += 1;
    const seconds = (Math.abs(offsetMs) / 1_000).toFixed(3);
    if (steps) log("info", `set the clock by ${server}: it was ${seconds} s ${offsetMs > 0 ? "behind" : "ahead"}`);
    return steps;
  }
}
