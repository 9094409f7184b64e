import { existsSync } from "node:fs";
import { readFile, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../../errors/failure.ts";
import { codeOf } from "../../errors/message.ts";
import { durableWrite } from "../../files/durable-write.ts";
import { type MergedKubeconfig, type MergeOptions, mergeKubeconfig } from "./merge-kubeconfig.ts";

export interface SaveOptions {
  /** Adds to what the file holds; otherwise the file is new, or replaced. */
  readonly merge?: MergeOptions;
  /** Replaces a file that is there. */
  readonly replace?: boolean;
}

/** What was done: the file, and what the merge had to rename. */
export type Saved = Pick<MergedKubeconfig, "renamed"> & { readonly path: string };

/**
 * Writes a kubeconfig, which holds a key, for its owner alone.
 * @param path a file, or a directory for a file `kubeconfig` in it.
 * @throws Failure when a file is there that is neither to be merged nor replaced, or that is no kubeconfig.
 */
export async function saveKubeconfig(path: string, kubeconfig: string, options: SaveOptions = {}): Promise<Saved> {
  const file = await checkedPlace(path, options);
  const { merge } = options;
  if (merge === undefined) {
    await durableWrite(file, kubeconfig);
    return { path: file, renamed: [] };
  }
  const present = existsSync(file) ? await readFile(file, "utf8") : "";
  const { text, renamed } = await mergeKubeconfig(present, kubeconfig, merge).catch((cause) => {
    throw new Failure(`Cannot add to "${file}"`, { cause, hint: "The file was left as it is" });
  });
  if (text !== present) await durableWrite(file, text);
  return { path: file, renamed };
}

/**
 * The file that is meant, before there is anything to write: nobody needs a key that has no place.
 * @throws Failure when one is there that is neither to be merged nor replaced.
 */
export async function checkedPlace(path: string, { merge, replace = false }: SaveOptions): Promise<string> {
  const file = await fileAt(path);
  if (merge !== undefined || replace || !existsSync(file)) return file;
  throw new Failure(`Cannot write "${file}": it exists`, {
    hint: "To replace it, add --force; to add to it, leave --merge as it is",
  });
}

/** Where a link leads, what a directory means. */
async function fileAt(path: string): Promise<string> {
  try {
    const target = await realpath(path);
    return (await stat(target)).isDirectory() ? join(target, "kubeconfig") : target;
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return path;
    throw new Failure(`Cannot look at "${path}"`, { cause: thrown });
  }
}
