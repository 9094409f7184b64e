import { Backoff, type BackoffOptions } from "../../async/backoff.ts";
import { pause } from "../../async/pause.ts";
import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";
import type { Controller, ControllerInput, LogLevel } from "../controller.ts";
import type { Resource, ResourceKind } from "../resource.ts";
import type { State } from "../state.ts";
import type { WatchEvent } from "../watch-event.ts";
import { namespaceOf } from "./access.ts";
import { Pass } from "./pass.ts";
import { Wakeup } from "./wakeup.ts";

export interface ControllerLoopOptions {
  readonly state: State;
  readonly log: (level: LogLevel, message: string) => void;
  readonly backoff: BackoffOptions;
}

/** Runs one controller: wakes it, passes, backs off when it fails. Nothing it throws leaves here. */
export class ControllerLoop {
  readonly #controller: Controller;
  readonly #options: ControllerLoopOptions;
  readonly #wakeup = new Wakeup();

  constructor(controller: Controller, options: ControllerLoopOptions) {
    this.#controller = controller;
    this.#options = options;
  }

  /** Until the signal aborts and the pass under way has ended. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { inputs, outputs, wakeOn } = this.#controller;
    for (const input of inputs) void this.#follow("inputs", signal, (part) => this.#inputs(input, part));
    for (const output of outputs) {
      if (output.sharing !== "exclusive") continue;
      // An output that somebody held becomes free: time to finish destroying or replacing it.
      const freed = { ...output, strength: "destroyReady" } as const;
      void this.#follow("outputs", signal, (part) => this.#inputs(freed, part));
    }
    if (wakeOn !== undefined) void this.#follow("wake-ups", signal, (part) => this.#events(wakeOn(part)));
    this.#options.log("debug", "controller starting");
    // The sources end by the same signal; one that does not listen to it must not hold up the stop.
    await this.#passes(signal);
  }

  async #passes(signal: AbortSignal): Promise<void> {
    const backoff = new Backoff(this.#options.backoff);
    this.#wakeup.ring();
    let againAfterMs = Number.POSITIVE_INFINITY;
    let told: string | undefined;
    while (true) {
      await this.#wakeup.wait(signal, againAfterMs);
      if (signal.aborted) return;
      const startedMs = performance.now();
      const pass = new Pass({ controller: this.#controller, ...this.#options, signal });
      try {
        await this.#controller.reconcile(pass);
        // A pass that was told to stop may have put only half of its outputs.
        if (!signal.aborted) await pass.cleanUp();
        backoff.reset();
        told = undefined;
        againAfterMs = pass.againAfterMs;
        this.#options.log("debug", `reconciled in ${(performance.now() - startedMs).toFixed(1)} ms`);
      } catch (thrown) {
        if (signal.aborted) return;
        const problem = withHint(thrown);
        // Who reads the log sees what is new in it: the same again is no news until a pass has succeeded.
        this.#options.log(problem === told ? "debug" : "error", problem);
        told = problem;
        await pause(backoff.next(), signal);
        this.#wakeup.ring();
      }
    }
  }

  /** Keeps a source of wake-ups alive: whatever ends it by an error is logged, and it starts again. */
  async #follow(what: string, signal: AbortSignal, source: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const backoff = new Backoff(this.#options.backoff);
    while (!signal.aborted) {
      try {
        await source(signal);
        return;
      } catch (thrown) {
        if (signal.aborted) return;
        this.#options.log("warn", `Cannot follow ${what}: ${messageOf(thrown)}`);
        await pause(backoff.next(), signal);
        // Nobody knows what was missed meanwhile.
        this.#wakeup.ring();
      }
    }
  }

  async #events(events: AsyncIterable<unknown>): Promise<void> {
    for await (const _ of events) this.#wakeup.ring();
  }

  async #inputs(input: ControllerInput, signal: AbortSignal): Promise<void> {
    const { kind, id, strength } = input;
    const options = { namespace: namespaceOf(input), signal, ...(id === undefined ? {} : { id }) };
    for await (const event of this.#options.state.watch(kind, options)) {
      if (event.type === "errored") throw event.error;
      if (strength !== "destroyReady" || (await this.#isDestroyReady(kind, event))) this.#wakeup.ring();
    }
  }

  /** Whether an event tells of an output that only waits to be destroyed, and still does. */
  async #isDestroyReady(kind: ResourceKind, event: WatchEvent): Promise<boolean> {
    if (event.type !== "updated" || !this.#isFree(event.resource)) return false;
    const { namespace, id } = event.resource.metadata;
    // The pass that tore it down destroys it in the same breath when nobody holds it: no reason to wake then.
    const current = await this.#options.state.get(kind, id, { namespace });
    return current !== undefined && this.#isFree(current);
  }

  #isFree({ metadata: { phase, finalizers, owner } }: Resource): boolean {
    return phase === "tearingDown" && finalizers.length === 0 && owner === this.#controller.name;
  }
}

/** What is the case and what to do, on one line: nobody asks a log what it means. */
const withHint = (thrown: unknown): string =>
  thrown instanceof Failure && thrown.hint !== undefined ? `${messageOf(thrown)}. ${thrown.hint}` : messageOf(thrown);
