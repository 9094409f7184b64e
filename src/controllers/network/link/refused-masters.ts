import { Failure } from "../../../errors/failure.ts";
import { messageOf } from "../../../errors/message.ts";

interface Refusal {
  readonly masterIndex: number;
  readonly problem: string;
  readonly waitMs: number;
  readonly againAtMs: number;
}

const firstWaitMs = 5_000;
const longestWaitMs = 60_000;

/**
 * Which links the kernel would not make members of what, by their numbers. To try takes a bond's member down, and that
 * wakes whoever tries: so it is done again after a while, whatever happens meanwhile.
 */
export class RefusedMasters {
  readonly #refusals = new Map<number, Refusal>();

  /**
   * @param join makes it a member
   * @throws Failure with what the kernel said when it is too early to ask again; what `join` throws
   */
  unless(index: number, masterIndex: number, join: () => void): void {
    const known = this.#refusals.get(index);
    const before = known?.masterIndex === masterIndex ? known : undefined;
    if (before !== undefined && performance.now() < before.againAtMs) throw new Failure(before.problem);
    try {
      join();
      this.#refusals.delete(index);
    } catch (thrown) {
      const waitMs = before === undefined ? firstWaitMs : Math.min(longestWaitMs, 2 * before.waitMs);
      const againAtMs = performance.now() + waitMs;
      this.#refusals.set(index, { masterIndex, problem: messageOf(thrown), waitMs, againAtMs });
      throw thrown;
    }
  }

  /** Forgets a link that is gone. */
  forget(index: number): void {
    this.#refusals.delete(index);
  }
}
