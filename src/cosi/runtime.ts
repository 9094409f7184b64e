import type { Controller, LogLevel } from "./controller.ts";
import type { State } from "./state.ts";

/** Who reads or writes what; the names are those of the wire's DependencyEdgeType. */
export interface DependencyEdge {
  readonly controller: string;
  readonly edge: "outputExclusive" | "outputShared" | "inputStrong" | "inputWeak" | "inputDestroyReady";
  readonly type: string;
  /** Empty when any. */
  readonly namespace: string;
  /** Empty when all. */
  readonly id: string;
}

export interface RuntimeOptions {
  readonly state: State;
  readonly log: (controller: string, level: LogLevel, message: string) => void;
}

/** Runs controllers against a state until told to stop. */
export class Runtime {
  readonly #options: RuntimeOptions;
  readonly #controllers = new Map<string, Controller>();

  constructor(options: RuntimeOptions) {
    this.#options = options;
  }

  /** @throws TypeError for a second controller of the same name, or of the same exclusive output */
  register(controller: Controller): void {
    this.#controllers.set(controller.name, controller);
  }

  /** Runs until the signal aborts and every pass that was under way has ended. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    void this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => resolve(), { once: true });
    await promise;
  }

  dependencies(): DependencyEdge[] {
    return [];
  }
}
