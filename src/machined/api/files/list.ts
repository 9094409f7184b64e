import { readlink } from "node:fs/promises";
import { machine } from "../../../proto/index.ts";
import { goFileMode } from "./file-mode.ts";
import { absolutePath } from "./path.ts";
import { type WalkEntry, walk } from "./walk.ts";

/** Deepest tree that a recursive listing descends to when the caller names no limit. */
const unlimitedDepth = 1_000;

/** MachineService/List: a directory, or a whole tree, parents first; the root itself is the first entry, named `.`. */
export async function* list(
  request: machine.ListRequest,
  { signal }: { readonly signal: AbortSignal },
): AsyncGenerator<machine.FileInfo.$Properties> {
  const root = absolutePath(request.root === "" ? "/" : request.root);
  const wanted = typeFilter(request.types);
  for await (const entry of walk(root, { maximumDepth: depthOf(request), signal })) {
    if (entry.stats === undefined || wanted(entry)) yield await fileInfo(entry);
  }
}

/** Without recursion one level; with it, the depth asked for, where 0 means all. */
function depthOf({ recurse, recursion_depth }: machine.ListRequest): number {
  if (!recurse) return 1;
  return recursion_depth > 0 ? recursion_depth : unlimitedDepth;
}

function typeFilter(types: readonly machine.ListRequest.Type[]): (entry: WalkEntry) => boolean {
  if (types.length === 0) return () => true;
  const Type = machine.ListRequest.Type;
  return ({ stats }) =>
    (stats?.isFile() === true && types.includes(Type.REGULAR)) ||
    (stats?.isDirectory() === true && types.includes(Type.DIRECTORY)) ||
    (stats?.isSymbolicLink() === true && types.includes(Type.SYMLINK));
}

async function fileInfo({ path, relativePath, stats, error }: WalkEntry): Promise<machine.FileInfo.$Properties> {
  const named = { name: path, relative_name: relativePath, ...(error === undefined ? {} : { error }) };
  if (stats === undefined) return named;
  return {
    ...named,
    size: stats.size,
    mode: goFileMode(stats),
    modified: Math.floor(stats.mtimeMs / 1_000),
    is_dir: stats.isDirectory(),
    link: stats.isSymbolicLink() ? await readlink(path).catch(() => "") : "",
    uid: stats.uid,
    gid: stats.gid,
  };
}
