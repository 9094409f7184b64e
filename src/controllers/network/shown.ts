import type { ReconcileContext } from "../../cosi/controller.ts";
import type { ResourceKind } from "../../cosi/resource.ts";

/**
 * Shows many things as one resource each, and writes only those whose spec is another object than at the pass before:
 * who makes the specs keeps that of a thing which is as it was.
 */
export class Shown<S> {
  readonly #kind: ResourceKind<S>;
  /** What is written, and the latest pass that showed it. */
  readonly #written = new Map<string, Written<S>>();
  #pass = 0;

  constructor(kind: ResourceKind<S>) {
    this.#kind = kind;
  }

  /** @param specs by id; of several with one id the first is shown */
  async put(context: Pick<ReconcileContext, "put" | "keep">, specs: Iterable<readonly [string, S]>): Promise<void> {
    this.#pass += 1;
    for (const [id, spec] of specs) {
      const before = this.#written.get(id);
      if (before?.pass === this.#pass) continue;
      if (before?.spec === spec) {
        before.pass = this.#pass;
        context.keep(this.#kind, id);
        continue;
      }
      // What a pass that fails did not write is written by the next.
      const written: Written<S> = { spec: undefined, pass: this.#pass };
      this.#written.set(id, written);
      const { metadata } = await context.put(this.#kind, id, spec);
      // One that somebody still holds is not there again yet.
      if (metadata.phase === "running") written.spec = spec;
    }
    for (const [id, { pass }] of this.#written) if (pass !== this.#pass) this.#written.delete(id);
  }
}

interface Written<S> {
  spec: S | undefined;
  pass: number;
}
