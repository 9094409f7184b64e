import { copyFile, link, mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

/** The repository's root. */
export const repository = join(import.meta.dir, "../..");

/** A line per file, `path hash`, sorted: two trees with the same lines are the same. */
export async function hashTree(
  paths: readonly string[],
  select: (path: string) => boolean = () => true,
): Promise<string> {
  const files = (await Promise.all(paths.map((path) => listFiles(join(repository, path))))).flat().filter(select);
  const lines = await Promise.all(files.map(async (path) => `${relative(repository, path)} ${await hashFile(path)}`));
  return lines.toSorted().join("\n");
}

export async function hashFile(path: string): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  for await (const chunk of Bun.file(path).stream()) hash.update(chunk);
  return hash.digest("hex");
}

/**
 * Puts a file of the cache into its place: a second name for the same bytes where the file system allows it, else a
 * copy. The old file is replaced, never written into: it may be running, or be a name for other cached bytes. What is
 * already in place stays untouched, so that its time says when it last changed.
 */
export async function publish(source: string, target: string): Promise<void> {
  if (await isSameFile(source, target)) return;
  await mkdir(dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}.new`;
  await rm(temporary, { force: true });
  await link(source, temporary).catch(() => copyFile(source, temporary));
  const now = new Date();
  await utimes(temporary, now, now);
  await rename(temporary, target);
}

async function isSameFile(source: string, target: string): Promise<boolean> {
  const [from, to] = await Promise.all([stat(source), stat(target).catch(() => undefined)]);
  return to !== undefined && to.ino === from.ino && to.dev === from.dev;
}

async function listFiles(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch(() => undefined);
  if (entries === undefined) return [path];
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
