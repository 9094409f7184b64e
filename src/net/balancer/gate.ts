import { pause } from "../../async/pause.ts";
import type { AskReadiness } from "./readiness.ts";
import { type Target, textOf } from "./target.ts";

export interface GateOptions {
  /** Whether what a server that listens answers is to be relied upon. */
  readonly readiness: AskReadiness;
  /** Between two questions while a server starts. */
  readonly pollMs: number;
  /** How long clients are held for a server that starts; then it is tried as it is. */
  readonly holdMs: number;
}

/**
 * Holds clients while a server starts: what they would hear of it then (that they are unknown, or may do nothing) makes
 * many of them wait longer than the server needs.
 */
export class Gate {
  readonly #options: GateOptions;
  readonly #waiting = new Map<string, Promise<boolean>>();

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** Resolves when a server may be tried: whether it is ready. It is asked once for all who wait for it. */
  pass(target: Target, signal: AbortSignal): Promise<boolean> {
    const key = textOf(target);
    const waiting = this.#waiting.get(key) ?? this.#whileStarting(target, signal);
    this.#waiting.set(key, waiting);
    return waiting.finally(() => void this.#waiting.delete(key));
  }

  async #whileStarting(target: Target, signal: AbortSignal): Promise<boolean> {
    const { readiness, pollMs, holdMs } = this.#options;
    const enough = AbortSignal.any([signal, AbortSignal.timeout(holdMs)]);
    while (!enough.aborted) {
      if ((await readiness(target, signal)) === "ready") return true;
      await pause(pollMs, enough);
    }
    return false;
  }
}
