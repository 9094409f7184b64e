import { mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Failure } from "../errors/failure.ts";

/**
 * Replaces a file so that a power cut at any moment leaves the old content or the new one, whole:
 * write a temporary file beside it, fsync, rename over it, fsync the directory.
 * @param mode permission bits of the new file; secrets use 0o600 (the default).
 * @param owner user and group id of the new file; whoever writes it by default.
 * @throws Failure naming the file.
 */
export async function durableWrite(
  path: string,
  content: string | Uint8Array,
  mode = 0o600,
  owner?: number,
): Promise<void> {
  const directory = dirname(path);
  const temporary = join(directory, `.${basename(path)}.${process.pid}.${Math.random().toString(36).slice(2)}`);
  try {
    await mkdir(directory, { recursive: true });
    const file = await open(temporary, "wx", mode);
    try {
      await file.writeFile(content);
      if (owner !== undefined) await file.chown(owner, owner);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    const parent = await open(directory, "r");
    try {
      await parent.sync();
    } finally {
      await parent.close();
    }
  } catch (cause) {
    // A disk that refuses to write may refuse this too, and it is the first refusal that counts.
    await rm(temporary, { force: true }).catch(() => {});
    throw new Failure(`Cannot write "${path}"`, { cause });
  }
}
