import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { withProgress } from "./progress.ts";

/** Where downloads and results are kept, outside of the work tree: a new clone finds them again. */
export const cacheRoot = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "machined");

export interface CachedStep {
  /** Names the step and its variant, `squashfs-amd64`; also the directory of its results. */
  readonly name: string;
  /** All that decides the result: versions, flags, hashes of files. What is not here must not matter. */
  readonly inputs: readonly string[];
  /** Fills an empty directory. */
  readonly produce: (directory: string) => Promise<void>;
  /** For the person who waits. */
  readonly title: string;
  readonly detail?: () => string;
  /** Results of this step that are kept; older ones go. */
  readonly keep?: number;
  /** Produces again in any case, beside the cache, so that the two results can be compared. */
  readonly fresh?: boolean;
}

/**
 * The directory with a step's results, produced unless the same inputs produced them before.
 * Results appear whole or not at all: they are made beside their final place and renamed.
 */
export async function cached(step: CachedStep): Promise<string> {
  const parent = join(cacheRoot, step.fresh === true ? `fresh-${step.name}` : step.name);
  const key = hashOf(step.inputs).slice(0, 32);
  const directory = join(parent, key);
  if (step.fresh !== true && (await exists(directory))) {
    const now = new Date();
    await utimes(directory, now, now);
    return directory;
  }
  await mkdir(parent, { recursive: true });
  const temporary = await mkdtemp(join(parent, ".new-"));
  try {
    await withProgress(step.title, () => step.produce(temporary), step.detail);
    await rm(directory, { recursive: true, force: true });
    // Another build may have been quicker: its result is as good as ours.
    await rename(temporary, directory).catch(async (cause: unknown) => {
      if (!(await exists(directory))) throw cause;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  await dropOldest(parent, step.keep ?? 3);
  return directory;
}

/** SHA-256 over a list of texts, with their lengths: `["ab", "c"]` and `["a", "bc"]` differ. */
export function hashOf(inputs: readonly string[]): string {
  const hash = new Bun.CryptoHasher("sha256");
  for (const input of inputs) hash.update(`${input.length}:${input}`);
  return hash.digest("hex");
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function dropOldest(parent: string, keep: number): Promise<void> {
  const names = (await readdir(parent)).filter((name) => !name.startsWith("."));
  const entries = await Promise.all(
    names.map(async (name) => ({ name, usedMs: (await stat(join(parent, name))).mtimeMs })),
  );
  const old = entries.toSorted((a, b) => b.usedMs - a.usedMs).slice(keep);
  for (const { name } of old) await rm(join(parent, name), { recursive: true, force: true });
}
