import type { Stats } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { messageOf } from "../../../errors/message.ts";

/** One entry of a walk: its status, or why it could not be read. */
export interface WalkEntry {
  readonly path: string;
  /** Path below the root of the walk; `.` for the root itself. */
  readonly relativePath: string;
  readonly depth: number;
  readonly stats: Stats | undefined;
  readonly error: string | undefined;
}

export interface WalkOptions {
  /** Deepest level to descend to; 0 is the root alone. */
  readonly maximumDepth: number;
  readonly signal: AbortSignal;
}

/**
 * A depth-first walk in the order of names, parents before children. Links are shown, never followed; what
 * vanishes or may not be read becomes an entry with an error, and the walk goes on.
 */
export async function* walk(root: string, options: WalkOptions, path = root, depth = 0): AsyncGenerator<WalkEntry> {
  if (options.signal.aborted) return;
  const at = { path, relativePath: relative(root, path) || ".", depth };
  let stats: Stats;
  let names: string[] = [];
  try {
    stats = await lstat(path);
  } catch (error) {
    yield { ...at, stats: undefined, error: messageOf(error) };
    return;
  }
  let error: string | undefined;
  if (stats.isDirectory() && depth < options.maximumDepth) {
    try {
      names = (await readdir(path)).sort();
    } catch (cause) {
      error = messageOf(cause);
    }
  }
  yield { ...at, stats, error };
  for (const name of names) yield* walk(root, options, join(path, name), depth + 1);
}
