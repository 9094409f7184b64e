import type { ReconcileContext } from "../../cosi/controller.ts";

/** What stands in the way of one thing that should be. */
export interface Trouble {
  /** Something is wrong: told at once. */
  readonly problems: readonly string[];
  /** Something is not there, which mostly comes a moment later: told when that lasts. */
  readonly missing: readonly string[];
}

export const isNone = ({ problems, missing }: Trouble): boolean => problems.length + missing.length === 0;

interface Told {
  readonly sinceMs: number;
  readonly said: ReadonlySet<string>;
}

const retryMs = 5_000;
const longestRetryMs = 60_000;

/** Tells each trouble once, however often it is met, and has the controller look again while there is one. */
export class Troubles {
  readonly #told = new Map<string, Told>();

  note(context: ReconcileContext, id: string, trouble: Trouble): void {
    const { problems, missing } = trouble;
    if (isNone(trouble)) {
      this.#told.delete(id);
      return;
    }
    const now = performance.now();
    const { sinceMs, said } = this.#told.get(id) ?? { sinceMs: now, said: new Set<string>() };
    const ageMs = now - sinceMs;
    const lasts = ageMs >= retryMs;
    const worthWhile = [...problems, ...(lasts ? missing : [])];
    for (const text of worthWhile) if (!said.has(text)) context.log("warn", text);
    // What is over and comes again is news.
    const current = new Set([...problems, ...missing]);
    this.#told.set(id, { sinceMs, said: new Set([...said, ...worthWhile].filter((text) => current.has(text))) });
    // What is wrong may mend by itself, less likely the longer it lasts; of what comes the kernel tells.
    if (problems.length > 0) context.requeueAfter(Math.min(longestRetryMs, Math.max(retryMs, ageMs)));
    else if (!lasts) context.requeueAfter(retryMs - ageMs + 1);
  }

  /** Forgets everything else. */
  keepOnly(ids: ReadonlySet<string>): void {
    for (const id of this.#told.keys()) if (!ids.has(id)) this.#told.delete(id);
  }
}
