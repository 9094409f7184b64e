import { Backoff } from "../../async/backoff.ts";
import { Notice } from "../../async/notice.ts";
import { type Target, textOf } from "./target.ts";

export interface ProbeOptions {
  /** Between two looks at a server. */
  readonly intervalMs: number;
  /** While none answers: the pauses begin with this, and grow to the interval. */
  readonly firstIntervalMs: number;
  /** Connects and leaves again; false when the server did not answer. */
  readonly probe: (target: Target) => Promise<boolean>;
}

interface Upstream {
  readonly target: Target;
  /** Undefined until it was tried for the first time. */
  answers: boolean | undefined;
}

/** Servers of which any is as good as another, and which of them answer. */
export class Upstreams {
  #known = new Map<string, Upstream>();
  #turn = 0;
  readonly #changed = new Notice();

  /** What is known of those that stay, stays known. */
  set targets(targets: readonly Target[]) {
    const known = this.#known;
    const entries = targets.map((target) => [textOf(target), { target, answers: undefined }] as const);
    const next = new Map<string, Upstream>(entries.map(([key, fresh]) => [key, known.get(key) ?? fresh]));
    if ([...next.keys()].join() === [...known.keys()].join()) return;
    this.#known = next;
    this.#changed.post();
  }

  /** Whether any answers; undefined while that has not been tried. */
  get healthy(): boolean | undefined {
    const all = [...this.#known.values()];
    if (all.some(({ answers }) => answers === true)) return true;
    return all.every(({ answers }) => answers === false) ? false : undefined;
  }

  /**
   * In the order to try them: those that answer, this machine's own first and the others in turn, then the rest.
   * `hopeful`: some are known to answer.
   */
  candidates(): { readonly targets: readonly Target[]; readonly hopeful: boolean } {
    const all = [...this.#known.values()];
    const up = all.filter(({ answers }) => answers === true).map(({ target }) => target);
    const rest = all.filter(({ answers }) => answers !== true).map(({ target }) => target);
    const own = up.filter(({ host }) => host === "localhost");
    const others = up.filter(({ host }) => host !== "localhost");
    this.#turn = (this.#turn + 1) % Math.max(1, others.length);
    const inTurn = [...others.slice(this.#turn), ...others.slice(0, this.#turn)];
    return { targets: [...own, ...inTurn, ...rest], hopeful: up.length > 0 };
  }

  /** Whether a server is known to answer. */
  answers(target: Target): boolean {
    return this.#known.get(textOf(target))?.answers === true;
  }

  record(target: Target, answers: boolean): void {
    const upstream = this.#known.get(textOf(target));
    if (upstream === undefined || upstream.answers === answers) return;
    upstream.answers = answers;
    this.#changed.post();
  }

  /** Resolves at the next change of the servers or of their health. */
  changed(signal: AbortSignal): Promise<void> {
    return this.#changed.next(signal);
  }

  /** Looks at all servers, at once and then at intervals, until the signal aborts. */
  async watch({ intervalMs, firstIntervalMs, probe }: ProbeOptions, signal: AbortSignal): Promise<void> {
    const backoff = new Backoff({ initialMs: firstIntervalMs, maximumMs: intervalMs });
    while (!signal.aborted) {
      const known = this.#known;
      await Promise.all(
        [...known.values()].map(async ({ target }) => {
          const answers = await probe(target);
          if (!signal.aborted) this.record(target, answers);
        }),
      );
      if (this.#known !== known) continue;
      if (this.healthy === true) backoff.reset();
      await this.#pauseUnlessReplaced(this.healthy === true ? intervalMs : backoff.next(), signal);
    }
  }

  async #pauseUnlessReplaced(ms: number, signal: AbortSignal): Promise<void> {
    const known = this.#known;
    const enough = AbortSignal.any([signal, AbortSignal.timeout(ms)]);
    while (!enough.aborted && this.#known === known) await this.changed(enough);
  }
}
