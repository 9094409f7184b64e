import type { BackoffOptions } from "../async/backoff.ts";
import { pause } from "../async/pause.ts";
import type { Controller, ControllerOutput, InputStrength, LogLevel } from "./controller.ts";
import { namespaceOf } from "./runtime/access.ts";
import { ControllerLoop } from "./runtime/controller-loop.ts";
import type { State } from "./state.ts";

/** Who reads or writes what; the names are those of the wire's DependencyEdgeType. */
export interface DependencyEdge {
  readonly controller: string;
  readonly edge: "outputExclusive" | "outputShared" | "inputStrong" | "inputWeak" | "inputDestroyReady";
  readonly type: string;
  readonly namespace: string;
  /** Empty when all of the type. */
  readonly id: string;
}

export interface RuntimeOptions {
  readonly state: State;
  /** Level debug gets a line for every pass. */
  readonly log: (controller: string, level: LogLevel, message: string) => void;
  /** Between passes of a controller that fails. */
  readonly backoff?: BackoffOptions;
  /** How long a stop waits for passes that ignore their signal. */
  readonly stopTimeoutMs?: number;
}

const edgeOfStrength = {
  strong: "inputStrong",
  weak: "inputWeak",
  destroyReady: "inputDestroyReady",
} as const satisfies Record<InputStrength, DependencyEdge["edge"]>;

/** Runs controllers against a state until told to stop. A controller that fails fails alone. */
export class Runtime {
  readonly #options: Required<RuntimeOptions>;
  readonly #controllers = new Map<string, Controller>();
  readonly #running = new Map<string, Promise<void>>();
  #signal: AbortSignal | undefined;

  constructor(options: RuntimeOptions) {
    this.#options = { backoff: { initialMs: 100, maximumMs: 60_000 }, stopTimeoutMs: 10_000, ...options };
  }

  /**
   * Adds a controller, and starts it when the runtime is running.
   * @throws TypeError for a name that is taken, or an output that another controller has to itself
   */
  register(controller: Controller): void {
    if (this.#controllers.has(controller.name)) {
      throw new TypeError(`Cannot register ${controller.name}: there is already a controller of this name`);
    }
    for (const output of controller.outputs) this.#checkSharing(controller, output);
    this.#controllers.set(controller.name, controller);
    if (this.#signal !== undefined) this.#start(controller, this.#signal);
  }

  /** Runs until the signal aborts and every pass that was under way has ended. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    for (const controller of this.#controllers.values()) this.#start(controller, signal);
    const { promise, resolve } = Promise.withResolvers<void>();
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
    await promise;

    const overdue = new AbortController();
    await Promise.race([Promise.all(this.#running.values()), pause(this.#options.stopTimeoutMs, overdue.signal)]);
    overdue.abort();
    for (const name of this.#running.keys()) this.#options.log(name, "error", "Cannot stop: the pass does not end");
  }

  /** Every declared input and output, in order of controllers' names. */
  dependencies(): DependencyEdge[] {
    const controllers = [...this.#controllers.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
    return controllers.flatMap(({ name, inputs, outputs }) => [
      ...outputs.map((output) => ({
        controller: name,
        edge: output.sharing === "exclusive" ? ("outputExclusive" as const) : ("outputShared" as const),
        type: output.kind.type,
        namespace: namespaceOf(output),
        id: "",
      })),
      ...inputs.map((input) => ({
        controller: name,
        edge: edgeOfStrength[input.strength],
        type: input.kind.type,
        namespace: namespaceOf(input),
        id: input.id ?? "",
      })),
    ]);
  }

  #start(controller: Controller, signal: AbortSignal): void {
    const { state, backoff, log } = this.#options;
    const loop = new ControllerLoop(controller, {
      state,
      backoff,
      log: (level, message) => log(controller.name, level, message),
    });
    this.#running.set(
      controller.name,
      loop.run(signal).finally(() => this.#running.delete(controller.name)),
    );
  }

  #checkSharing(controller: Controller, wanted: ControllerOutput): void {
    for (const other of this.#controllers.values()) {
      for (const taken of other.outputs) {
        const same = taken.kind.type === wanted.kind.type && namespaceOf(taken) === namespaceOf(wanted);
        if (!same || (taken.sharing === "shared" && wanted.sharing === "shared")) continue;
        throw new TypeError(`Cannot register ${controller.name}: ${wanted.kind.type} is also written by ${other.name}`);
      }
    }
  }
}
