import { Failure } from "../../../errors/failure.ts";
import { messageOf } from "../../../errors/message.ts";
import type { Link } from "../../../netlink/rtnetlink/link.ts";

type Settings = Readonly<Record<string, unknown>>;

interface Refusal {
  readonly index: number;
  readonly settings: Settings;
  readonly problem: string;
}

/**
 * What the kernel would not take, by link. It rounds some settings and refuses others, and trying can cost the link its
 * carrier: the same is tried again only for another link or after another wish.
 */
export class RefusedSettings {
  readonly #refusals = new Map<string, Refusal>();

  /**
   * @param change makes them, and returns those that are still missing
   * @throws Failure with what the kernel said when it refused these before; what `change` throws
   */
  unless({ name, index }: Pick<Link, "name" | "index">, settings: Settings, change: () => Settings): void {
    if (Object.keys(settings).length === 0) {
      this.#refusals.delete(name);
      return;
    }
    const before = this.#refusals.get(name);
    if (before?.index === index && Bun.deepEquals(before.settings, settings)) throw new Failure(before.problem);
    try {
      const missing = change();
      this.#refusals.delete(name);
      if (Object.keys(missing).length === 0) return;
      const kept = Object.keys(missing).join(", ");
      this.#refusals.set(name, {
        ...{ index, settings: missing },
        problem: `Cannot change the link "${name}": the kernel has another value for ${kept}`,
      });
    } catch (thrown) {
      this.#refusals.set(name, { index, settings, problem: messageOf(thrown) });
    }
    const refusal = this.#refusals.get(name);
    if (refusal !== undefined) throw new Failure(refusal.problem);
  }
}
