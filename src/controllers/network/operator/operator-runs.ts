import { notNeeded } from "../../../net/dhcp/not-needed.ts";
import type { LinkStatus } from "../../../resources/network/link-status.ts";
import type { OperatorSpec } from "../../../resources/network/operator-spec.ts";
import { OperatorRun, type OperatorRunOptions } from "./operator-run.ts";

/** What should run now, by the ids of the specs. */
export interface WantedRuns {
  readonly runs: ReadonlyMap<string, { readonly spec: OperatorSpec; readonly link: LinkStatus }>;
  /** All specs, also those that cannot run now: their leases go on. */
  readonly known: ReadonlySet<string>;
  /** Elections begin anew, so that others have their turn. */
  readonly isYielding: boolean;
}

/** What every run needs of the machine. */
export type RunSurroundings = Pick<OperatorRunOptions, "connect" | "reachOther" | "log" | "signal">;

/** The operators at work, and what those that stopped have left. */
export class OperatorRuns implements Iterable<OperatorRun> {
  readonly #onChange: () => void;
  readonly #runs = new Map<string, OperatorRun>();
  /** Addresses of leases that go on while their links are down. */
  readonly #previous = new Map<string, { readonly address: string; readonly untilMs: number }>();
  /** Elections that have not ended yet. */
  readonly #electing = new Set<OperatorRun>();

  /** @param onChange what a run asks for has changed, or an election has ended. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  [Symbol.iterator](): Iterator<OperatorRun> {
    return this.#runs.values();
  }

  /** Whether an election goes on, or has not ended yet. */
  get isElecting(): boolean {
    return this.#electing.size > 0;
  }

  /** Starts and stops, so that just what is wanted runs. */
  follow({ runs, known, isYielding }: WantedRuns, surroundings: RunSurroundings): void {
    for (const [id, run] of this.#runs) {
      const now = runs.get(id);
      const isOver = now === undefined || (run.isElection && isYielding);
      if (isOver || !run.goesOnWith(now.spec, now.link)) this.#stop(id, run, known.has(id));
    }
    for (const id of this.#previous.keys()) if (!known.has(id)) this.#previous.delete(id);
    for (const [id, { spec, link }] of runs) if (!this.#runs.has(id)) this.#start(id, spec, link, surroundings);
  }

  #start(id: string, spec: OperatorSpec, link: LinkStatus, surroundings: RunSurroundings): void {
    const before = this.#previous.get(id);
    const previousAddress = before !== undefined && before.untilMs > performance.now() ? before.address : undefined;
    const run = new OperatorRun({ spec, link, previousAddress, onChange: this.#onChange, ...surroundings });
    this.#runs.set(id, run);
    if (run.isElection) this.#awaitEnd(run);
  }

  /** A lease outlives its link's carrier; what nobody wishes any more is given back. */
  #stop(id: string, run: OperatorRun, isKnown: boolean): void {
    run.stop(isKnown ? undefined : notNeeded);
    this.#runs.delete(id);
    if (run.lease === undefined) this.#previous.delete(id);
    else this.#previous.set(id, run.lease);
  }

  /** An election takes a moment to end: the address is to be free for others by then. */
  #awaitEnd(run: OperatorRun): void {
    this.#electing.add(run);
    void run.ended.then(() => {
      this.#electing.delete(run);
      this.#onChange();
    });
  }
}
