import { Backoff } from "../../async/backoff.ts";
import { Notice } from "../../async/notice.ts";
import { pause } from "../../async/pause.ts";
import type { LogLevel } from "../../cosi/controller.ts";
import { messageOf } from "../../errors/message.ts";
import type { ClockCorrection } from "../../linux/timex.ts";
import { nextPollMs, shortestPollMs } from "../../net/ntp/poll-interval.ts";
import { type SourcedMeasurement, TimeSources, type TimeSourcesOptions } from "../../net/ntp/sources.ts";
import { SpikeFilter } from "../../net/ntp/spike-filter.ts";

export interface ClockKeeperOptions extends TimeSourcesOptions {
  /** Sets the clock at once. */
  readonly step: (correction: ClockCorrection) => void;
  /** Lets the clock go faster or slower until it is right, which it is said to be by this; `nextMs` says until when. */
  readonly slew: (correction: ClockCorrection, nextMs: number) => void;
  readonly log: (level: LogLevel, message: string) => void;
}

/** More than this is not made up for by going faster or slower: the kernel takes half a second at most. */
const stepFromMs = 400;
/** What was true of the time before is not of the time after: certificates, leases. */
const epochFromMs = 15 * 60_000;
const retry = { initialMs: 1_000, maximumMs: shortestPollMs } as const;

/** Keeps this machine's clock right by time servers. */
export class ClockKeeper {
  readonly #options: ClockKeeperOptions;
  readonly #sources: TimeSources;
  readonly #filter = new SpikeFilter();
  readonly #backoff = new Backoff(retry);
  readonly #changed = new Notice();
  /** Aborts what was begun for other servers. */
  #current = new AbortController();
  #source = "";
  #pollMs: number | undefined;
  #synced = false;
  #epoch = 0;
  #problem = "";

  constructor(options: ClockKeeperOptions) {
    this.#options = options;
    this.#sources = new TimeSources(options);
  }

  /** Whether the clock has been compared with one of the servers in use. */
  get synced(): boolean {
    return this.#synced;
  }

  /** How often the clock was set by so much that nothing from before should be believed. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Leaves the clock to somebody else: who takes it over again begins anew. */
  leave(): void {
    this.use([]);
    this.#synced = false;
  }

  /**
   * From now on these servers are asked, the first that answers counts; none stops the asking. A clock that was right
   * goes on to be so for a while.
   */
  use(servers: readonly string[]): void {
    if (Bun.deepEquals(servers, this.#sources.servers)) return;
    this.#sources.use(servers);
    this.#pollMs = undefined;
    this.#backoff.reset();
    this.#current.abort();
    this.#current = new AbortController();
    this.#changed.post();
  }

  /** Keeps the clock until the signal aborts; yields when `synced` or `epoch` has changed. */
  async *run(signal: AbortSignal): AsyncGenerator<void> {
    while (!signal.aborted) {
      if (this.#sources.servers.length === 0) {
        await this.#changed.next(signal);
        continue;
      }
      const current = AbortSignal.any([signal, this.#current.signal]);
      const before = [this.#synced, this.#epoch];
      const pauseMs = await this.#look(current);
      if (!Bun.deepEquals(before, [this.#synced, this.#epoch])) yield;
      await pause(pauseMs, current);
    }
  }

  /** Compares the clock once, and corrects it. Never throws. @returns when to look again. */
  async #look(signal: AbortSignal): Promise<number> {
    const problems: string[] = [];
    try {
      const measured = await this.#measure(signal, (problem) => problems.push(messageOf(problem)));
      const isSpike = this.#filter.isSpike(measured);
      const pollMs = nextPollMs(this.#pollMs, measured.offsetMs, isSpike);
      this.#pollMs = pollMs;
      if (!isSpike) this.#correct(measured, pollMs);
      this.#backoff.reset();
      this.#tell(problems.join("; "));
      return pollMs;
    } catch (thrown) {
      if (signal.aborted) return 0;
      this.#tell(messageOf(thrown));
      return this.#backoff.next();
    }
  }

  async #measure(signal: AbortSignal, onProblem: (problem: unknown) => void): Promise<SourcedMeasurement> {
    const first = await this.#sources.measure(signal, onProblem);
    const isIncredible = Math.abs(first.offsetMs) >= epochFromMs;
    const measured = isIncredible ? await this.#sources.confirm(first, signal) : first;
    if (measured !== first) {
      onProblem(
        `Cannot believe ${first.source}: it is ${secondsOf(first.offsetMs)} off, ${measured.source} and others are not`,
      );
    }
    if (measured.source !== this.#source) this.#filter.reset();
    this.#source = measured.source;
    return measured;
  }

  #correct({ offsetMs, leap, source }: SourcedMeasurement, nextMs: number): void {
    const { step, slew, log } = this.#options;
    const direction = offsetMs > 0 ? "behind" : "ahead";
    if (Math.abs(offsetMs) >= stepFromMs) {
      step({ offsetMs, leap });
      this.#filter.reset();
      log("info", `set the clock by ${source}: it was ${secondsOf(offsetMs)} ${direction}`);
    } else {
      slew({ offsetMs, leap }, nextMs);
      if (!this.#synced) log("info", `the clock goes by ${source}: it was ${secondsOf(offsetMs)} ${direction}`);
    }
    if (Math.abs(offsetMs) >= epochFromMs) this.#epoch += 1;
    this.#synced = true;
  }

  /** Once is enough: a machine without a network tries for days. */
  #tell(problem: string): void {
    if (problem !== this.#problem && problem !== "") this.#options.log("warn", problem);
    this.#problem = problem;
  }
}

const secondsOf = (offsetMs: number): string => `${(Math.abs(offsetMs) / 1_000).toFixed(3)} s`;
