import type { WalkEntry } from "./walk.ts";

/** Bytes on disk below each directory of a walk. */
export interface DiskUsage {
  readonly entry: WalkEntry;
  readonly bytes: number;
}

/** Bytes a file takes on its disk: blocks of 512, so that holes cost nothing. */
const bytesOf = ({ stats }: WalkEntry): number => (stats?.blocks ?? 0) * 512;

/**
 * Sums a parents-first walk as du(1) does: every entry is yielded after what lies below it, with the total of its
 * tree. A file with several names counts once.
 */
export async function* sumTree(entries: AsyncIterable<WalkEntry>): AsyncGenerator<DiskUsage> {
  const open: { entry: WalkEntry; bytes: number }[] = [];
  const seen = new Set<string>();
  const close = function* (toDepth: number): Generator<DiskUsage> {
    while ((open.at(-1)?.entry.depth ?? -1) >= toDepth) {
      const done = open.pop();
      if (done === undefined) return;
      const parent = open.at(-1);
      if (parent !== undefined) parent.bytes += done.bytes;
      yield done;
    }
  };
  for await (const entry of entries) {
    yield* close(entry.depth);
    const inode = `${entry.stats?.dev}:${entry.stats?.ino}`;
    const counted = (entry.stats?.nlink ?? 1) > 1 && seen.has(inode);
    seen.add(inode);
    open.push({ entry, bytes: counted ? 0 : bytesOf(entry) });
  }
  yield* close(0);
}
