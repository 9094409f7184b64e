import type { ReconcileContext } from "../cosi/controller.ts";
import { messageOf } from "../errors/message.ts";

/** What goes wrong with each of several things: told once, tried again later, and no hindrance to the others. */
export class Problems {
  readonly #retryMs: number;
  readonly #told = new Map<string, string>();

  /** @param retryMs when to try again, even if nothing changes */
  constructor(retryMs: number) {
    this.#retryMs = retryMs;
  }

  /** Does what is to be done for one thing; what it throws is told, unless that was already. */
  async attempt(
    context: Pick<ReconcileContext, "log" | "requeueAfter">,
    id: string,
    work: () => void | Promise<void>,
  ): Promise<void> {
    try {
      await work();
      this.#told.delete(id);
    } catch (thrown) {
      const problem = messageOf(thrown);
      if (this.#told.get(id) !== problem) context.log("warn", problem);
      this.#told.set(id, problem);
      context.requeueAfter(this.#retryMs);
    }
  }
}
