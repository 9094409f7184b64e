import { Queue } from "../../async/queue.ts";
import { Alarm, type DhcpClock, systemClock } from "./alarm.ts";
import { notNeeded } from "./not-needed.ts";

/** What the machine of a protocol wants done after something happened. */
export interface SessionStep {
  readonly send?: unknown;
  /** When to call `wake`, unless something else happens first. On the session's clock; Infinity: never. */
  readonly wakeAtMs: number;
  readonly event?: unknown;
}

/** The machine of a protocol, without clock and network: told the time, it answers what to do. */
export interface SessionClient<Step extends SessionStep> {
  start(nowMs: number): Step;
  wake(nowMs: number): Step;
  /** What to send when what it holds is not needed any more; undefined when it holds nothing. */
  release(nowMs: number): Step["send"];
}

export interface SessionOptions<Step extends SessionStep> {
  readonly client: SessionClient<Step>;
  readonly clock?: DhcpClock | undefined;
  /** Ends the session; aborted with `notNeeded`, what it holds is given back. */
  readonly signal: AbortSignal;
  readonly transmit: (send: NonNullable<Step["send"]>) => void;
  /** What else the protocol does at each step, before anything is sent. */
  readonly onStep?: (step: Step) => void;
}

const eventLimit = 16;

/** The frame around a client: it is woken in time, what it says is sent, and what happened to its lease is told. */
export class Session<Step extends SessionStep> implements Disposable {
  readonly events = new Queue<NonNullable<Step["event"]>>(eventLimit);
  readonly #options: SessionOptions<Step>;
  readonly #clock: DhcpClock;
  readonly #alarm: Alarm;
  readonly #stopped = new AbortController();
  readonly #lifetime: AbortSignal;

  constructor(options: SessionOptions<Step>) {
    const { client, clock = systemClock, signal } = options;
    this.#options = options;
    this.#clock = clock;
    this.#alarm = new Alarm(clock, () => this.run(async () => this.apply(client.wake(clock.now()))));
    this.#lifetime = AbortSignal.any([signal, this.#stopped.signal]);
  }

  [Symbol.dispose](): void {
    this.#stopped.abort();
    this.#alarm[Symbol.dispose]();
  }

  get nowMs(): number {
    return this.#clock.now();
  }

  /** Begins, once whoever listens is ready to hear the answer. @param listen takes in what arrives until its signal aborts */
  start(listen: (signal: AbortSignal) => Promise<void>): void {
    const { client, signal } = this.#options;
    this.run(async (lifetime) => {
      await listen(lifetime);
      if (signal.reason === notNeeded) this.#transmit(client.release(this.nowMs));
      this.events.close();
    });
    this.run(async () => this.apply(client.start(this.nowMs)));
  }

  /** Does something beside the rest, until the session's signal aborts; when it fails, the events end with its reason. */
  run(action: (signal: AbortSignal) => Promise<void>): void {
    action(this.#lifetime).catch((thrown: unknown) => this.events.close(thrown));
  }

  /** @param step undefined: what happened changes nothing, and the last step still holds */
  apply(step: Step | undefined): void {
    if (step === undefined) return;
    const { event, send, wakeAtMs } = step;
    if (event !== undefined && event !== null) this.events.push(event);
    this.#options.onStep?.(step);
    this.#transmit(send);
    this.#alarm.set(wakeAtMs);
  }

  #transmit(send: Step["send"]): void {
    if (send !== undefined && send !== null) this.#options.transmit(send);
  }
}
