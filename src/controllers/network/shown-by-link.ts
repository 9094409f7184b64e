import type { ReconcileContext } from "../../cosi/controller.ts";
import type { ResourceKind } from "../../cosi/resource.ts";

export interface ShownByLinkOptions<T, S> {
  readonly kind: ResourceKind<S>;
  /** The resource that shows an item of a link; undefined where there is nothing to show. */
  readonly show: (item: T, linkName: string | undefined) => Entry<S> | undefined;
}

type Entry<S> = readonly [id: string, spec: S];

/** What a link had at the latest pass, and what that is shown as, by id. */
interface Part<T, S> {
  readonly items: readonly T[];
  readonly linkName: string | undefined;
  readonly specs: ReadonlyMap<string, S>;
}

/**
 * Shows what belongs to links as one resource each: thousands, of which those of one link change. Links whose lists are the
 * same objects as before cost a comparison, and the resources of the others are written where they differ.
 */
export class ShownByLink<T extends object, S> {
  readonly #options: ShownByLinkOptions<T, S>;
  readonly #parts = new Map<number, Part<T, S>>();
  readonly #entries = new WeakMap<T, { readonly linkName: string | undefined; readonly entry: Entry<S> | undefined }>();
  /** The links that have something of an id, in order: the first one's is shown. */
  readonly #linksOf = new Map<string, readonly number[]>();
  /** Ids whose resources may not be as they should: a pass that failed, or was not let, leaves them to the next. */
  readonly #due = new Set<string>();

  constructor(options: ShownByLinkOptions<T, S>) {
    this.#options = options;
  }

  /**
   * @param lists by the index of their link; the same objects while they are as they were
   * @param linkNames of links whose names matter
   */
  async put(
    context: Pick<ReconcileContext, "get" | "put" | "keepAll" | "destroy">,
    lists: ReadonlyMap<number, readonly T[]>,
    linkNames: ReadonlyMap<number, string> = new Map(),
  ): Promise<void> {
    for (const index of this.#parts.keys()) if (!lists.has(index)) this.#replace(index, undefined);
    for (const [index, items] of lists) {
      const linkName = linkNames.get(index);
      const before = this.#parts.get(index);
      if (before?.items === items && before.linkName === linkName) continue;
      this.#replace(index, { items, linkName, specs: this.#specsOf(items, linkName) });
    }
    context.keepAll(this.#options.kind);
    for (const id of this.#due) if (await this.#write(context, id)) this.#due.delete(id);
  }

  #specsOf(items: readonly T[], linkName: string | undefined): ReadonlyMap<string, S> {
    const specs = new Map<string, S>();
    for (const item of items) {
      const [id, spec] = this.#entryOf(item, linkName) ?? [];
      if (id !== undefined && spec !== undefined && !specs.has(id)) specs.set(id, spec);
    }
    return specs;
  }

  #entryOf(item: T, linkName: string | undefined): Entry<S> | undefined {
    const before = this.#entries.get(item);
    if (before !== undefined && before.linkName === linkName) return before.entry;
    const entry = this.#options.show(item, linkName);
    this.#entries.set(item, { linkName, entry });
    return entry;
  }

  #replace(index: number, part: Part<T, S> | undefined): void {
    const [before, now] = [this.#parts.get(index)?.specs, part?.specs];
    for (const id of before?.keys() ?? []) {
      if (now?.has(id) === true) continue;
      this.#setLinks(
        id,
        this.#links(id).filter((link) => link !== index),
      );
      this.#due.add(id);
    }
    for (const [id, spec] of now ?? []) {
      if (before?.has(id) !== true)
        this.#setLinks(
          id,
          [...this.#links(id), index].sort((a, b) => a - b),
        );
      if (before?.get(id) !== spec) this.#due.add(id);
    }
    if (part === undefined) this.#parts.delete(index);
    else this.#parts.set(index, part);
  }

  #links(id: string): readonly number[] {
    return this.#linksOf.get(id) ?? [];
  }

  #setLinks(id: string, links: readonly number[]): void {
    if (links.length === 0) this.#linksOf.delete(id);
    else this.#linksOf.set(id, links);
  }

  /** @returns whether the resource is as it should be */
  async #write(context: Pick<ReconcileContext, "get" | "put" | "destroy">, id: string): Promise<boolean> {
    const { kind } = this.#options;
    const [link = 0] = this.#links(id);
    const spec = this.#parts.get(link)?.specs.get(id);
    // What somebody still holds is neither gone nor there again.
    if (spec !== undefined) return (await context.put(kind, id, spec)).metadata.phase === "running";
    await context.destroy(kind, id);
    return (await context.get(kind, id))?.metadata.phase !== "tearingDown";
  }
}
