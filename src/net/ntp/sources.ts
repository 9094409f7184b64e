import { Backoff } from "../../async/backoff.ts";
import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";
import type { Measurement } from "./query.ts";
import { type Refusal, refusalIn } from "./refusal.ts";

export interface TimeSourcesOptions {
  readonly resolve: (server: string, signal: AbortSignal) => Promise<readonly string[]>;
  readonly query: (address: string, options: { readonly signal: AbortSignal }) => Promise<Measurement>;
  /** Milliseconds on a clock that nobody sets; injected by tests. */
  readonly monotonicMs?: () => number;
}

export interface SourcedMeasurement extends Measurement {
  readonly address: string;
  /** For people: the name that was given, and the address that answered. */
  readonly source: string;
}

interface Source {
  readonly address: string;
  readonly name: string;
}

/** A server that wants to be asked more slowly is; one that wants nothing of us is left alone. */
interface Rest {
  readonly backoff: Backoff;
  untilMs: number;
}
const mostResting = 64;
const slower = { initialMs: 64_000, maximumMs: 2_048_000 } as const;

/** Clocks that are right differ by less. */
const agreementMs = 1_000;
const opinions = 3;

/**
 * Time servers of which one is believed: the first that answers, for as long as it does. Clocks of several servers are
 * not mixed, since their differences would look like ours.
 */
export class TimeSources {
  readonly #options: Required<TimeSourcesOptions>;
  readonly #resting = new Map<string, Rest>();
  #servers: readonly string[] = [];
  #believed: Source | undefined;

  constructor(options: TimeSourcesOptions) {
    this.#options = { monotonicMs: () => performance.now(), ...options };
  }

  get servers(): readonly string[] {
    return this.#servers;
  }

  /** Names or addresses, in order of preference. Whoever refused before is asked again. */
  use(servers: readonly string[]): void {
    this.#servers = servers;
    this.#believed = undefined;
    this.#resting.clear();
  }

  /**
   * Asks the one that answered last, and when it does not, the others in their order.
   * @param onProblem told why a server is left out.
   * @throws Failure when none answers, with all reasons; the signal's reason when it aborts.
   */
  async measure(signal: AbortSignal, onProblem: (problem: unknown) => void = () => {}): Promise<SourcedMeasurement> {
    const problems: unknown[] = [];
    const note = (problem: unknown) => {
      problems.push(problem);
      onProblem(problem);
    };
    for await (const source of this.#inOrder(signal, note)) {
      const measured = await this.#ask(source, signal, note);
      if (measured === undefined) continue;
      this.#believed = source;
      return measured;
    }
    const reasons = problems.map(messageOf).join("; ");
    throw new Failure(`Cannot compare the clock with others: ${reasons === "" ? "all refuse for now" : reasons}`);
  }

  /**
   * What others say when one says something incredible: the first two that agree are right. When no two do, or there
   * is nobody else, the first one is.
   */
  async confirm(first: SourcedMeasurement, signal: AbortSignal): Promise<SourcedMeasurement> {
    const said = [first];
    for await (const source of this.#inOrder(signal, () => {})) {
      if (source.address === first.address) continue;
      if (said.length >= opinions) break;
      const measured = await this.#ask(source, signal, () => {});
      if (measured === undefined) continue;
      const agrees = said.find(({ offsetMs }) => Math.abs(offsetMs - measured.offsetMs) < agreementMs);
      if (agrees === first) return first;
      if (agrees !== undefined) {
        this.#believed = source;
        return measured;
      }
      said.push(measured);
    }
    return first;
  }

  async *#inOrder(signal: AbortSignal, note: (problem: unknown) => void): AsyncGenerator<Source, void, undefined> {
    const believed = this.#believed;
    if (believed !== undefined && !this.#isResting(believed)) yield believed;
    for (const name of this.#servers) {
      let addresses: readonly string[] = [];
      try {
        addresses = await this.#options.resolve(name, signal);
      } catch (thrown) {
        if (signal.aborted) throw signal.reason;
        note(thrown);
      }
      for (const address of addresses) {
        if (address !== believed?.address && !this.#isResting({ address, name })) yield { address, name };
      }
    }
  }

  async #ask(
    source: Source,
    signal: AbortSignal,
    note: (problem: unknown) => void,
  ): Promise<SourcedMeasurement | undefined> {
    const { address, name } = source;
    try {
      const measured = await this.#options.query(address, { signal });
      this.#resting.delete(address);
      return { ...measured, address, source: name === address ? address : `${name} (${address})` };
    } catch (thrown) {
      if (signal.aborted) throw signal.reason;
      const refusal = refusalIn(thrown);
      if (refusal !== undefined) this.#leaveAlone(address, refusal);
      note(thrown);
      return undefined;
    }
  }

  #leaveAlone(address: string, { isForNow }: Refusal): void {
    // Pools name others every time.
    if (this.#resting.size >= mostResting) this.#resting.clear();
    const { backoff } = this.#resting.getOrInsertComputed(address, () => ({
      backoff: new Backoff(slower),
      untilMs: 0,
    }));
    const restMs = isForNow ? backoff.next() : Number.POSITIVE_INFINITY;
    this.#resting.set(address, { backoff, untilMs: this.#options.monotonicMs() + restMs });
  }

  #isResting({ address }: Source): boolean {
    return this.#options.monotonicMs() < (this.#resting.get(address)?.untilMs ?? 0);
  }
}
