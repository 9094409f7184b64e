export interface TableSource<T> {
  /** Everything there is. */
  readonly all: () => readonly T[];
  /** What there is of one link, and of others what is of it as well; undefined where that cannot be asked for. */
  readonly ofLink: (linkIndex: number) => readonly T[] | undefined;
  readonly linkIndexOf: (item: T) => number;
  /** What tells the items of a link apart. */
  readonly keyOf: (item: T) => string;
  /**
   * What is known is old. Whether `lost` is called and somebody reads again in a moment: then who reads now, mostly since
   * a change was told, does not wait until everything is read.
   */
  readonly readAgainSoon: () => boolean;
  readonly nowMs: () => number;
}

/** So many links are as well read with all others. */
const mostAtOnce = 64;
/** The kernel does not tell everything, such as the alias of a link that is down: nothing older than this counts. */
const knownForMs = 10_000;

const nothing: readonly never[] = [];

/**
 * What the kernel has of one kind, read anew where it may have changed, and nowhere else. An item that is as it was stays
 * the same object, and so does the list of all: who made something of one need not make it again.
 */
export class KernelTable<T extends object> {
  readonly #source: TableSource<T>;
  /** By the link that they belong to; what belongs to none is at 0. */
  readonly #parts = new Map<number, readonly T[]>();
  /** All parts as one; undefined when one of them changed since. */
  #all: readonly T[] | undefined;
  readonly #changed = new Set<number>();
  #isLost = true;
  #readMs = Number.NEGATIVE_INFINITY;

  constructor(source: TableSource<T>) {
    this.#source = source;
  }

  /** What there is of this link may have changed. */
  changed(linkIndex: number): void {
    if (this.#isLost) return;
    this.#changed.add(linkIndex);
    if (this.#changed.size > mostAtOnce) this.lost();
  }

  /** Nobody knows what changed. */
  lost(): void {
    this.#changed.clear();
    this.#isLost = true;
  }

  /** What was known of a link when it was read last. */
  lastKnown(linkIndex: number): readonly T[] {
    return this.#parts.get(linkIndex) ?? nothing;
  }

  /** As `readByLink`, of when it was read last. */
  get lastReadByLink(): ReadonlyMap<number, readonly T[]> {
    return this.#parts;
  }

  /** All there was when it was read last, in order of links. */
  get lastRead(): readonly T[] {
    this.#all ??= [...this.#parts].sort(([a], [b]) => a - b).flatMap(([, items]) => items);
    return this.#all;
  }

  /** All there is now, in order of links. */
  read(): readonly T[] {
    this.readByLink();
    return this.lastRead;
  }

  /**
   * All there is now, by the link that it belongs to; what belongs to none is at 0. What a link has is the same list while
   * it is as it was. The map itself is not: it is what was read last.
   */
  readByLink(): ReadonlyMap<number, readonly T[]> {
    const isOld = this.#source.nowMs() - this.#readMs > knownForMs;
    if (this.#isLost || (isOld && !this.#source.readAgainSoon()) || !this.#readChanged()) this.#readAll();
    this.#changed.clear();
    return this.#parts;
  }

  #readAll(): void {
    const parts = Map.groupBy(this.#source.all(), this.#source.linkIndexOf);
    for (const linkIndex of this.#parts.keys()) if (!parts.has(linkIndex)) this.#replace(linkIndex, nothing);
    for (const [linkIndex, items] of parts) this.#replace(linkIndex, items);
    this.#isLost = false;
    this.#readMs = this.#source.nowMs();
  }

  /** @returns whether that was enough */
  #readChanged(): boolean {
    for (const linkIndex of this.#changed) {
      const items = this.#source.ofLink(linkIndex);
      if (items?.every((item) => this.#source.linkIndexOf(item) === linkIndex) !== true) return false;
      this.#replace(linkIndex, items);
    }
    return true;
  }

  #replace(linkIndex: number, items: readonly T[]): void {
    const before = this.lastKnown(linkIndex);
    if (isSameList(items, before)) return;
    const known = new Map(before.map((item) => [this.#source.keyOf(item), item]));
    const now = items.map((item) => {
      const same = known.get(this.#source.keyOf(item));
      return same !== undefined && Bun.deepEquals(same, item) ? same : item;
    });
    if (isSameList(now, before)) return;
    if (now.length === 0) this.#parts.delete(linkIndex);
    else this.#parts.set(linkIndex, now);
    this.#all = undefined;
  }
}

const isSameList = (left: readonly unknown[], right: readonly unknown[]): boolean =>
  left.length === right.length && left.every((item, place) => item === right[place]);
