import type { machine } from "../../../proto/index.ts";
import { absolutePath } from "./path.ts";
import { sumTree } from "./sum-tree.ts";
import { walk } from "./walk.ts";

/** Trees are summed to their leaves however little is shown. */
const unlimitedDepth = 1_000;

/**
 * MachineService/DiskUsage: like du(1). Directories, and with `all` files too, down to `recursion_depth`; a positive
 * threshold hides what is smaller, a negative one what is larger.
 */
export async function* diskUsage(
  request: machine.DiskUsageRequest,
  { signal }: { readonly signal: AbortSignal },
): AsyncGenerator<machine.DiskUsageInfo.$Properties> {
  const threshold = Number(request.threshold);
  const shownDepth = request.recursion_depth;
  for (const path of request.paths.length > 0 ? request.paths : ["/"]) {
    const root = absolutePath(path);
    for await (const { entry, bytes } of sumTree(walk(root, { maximumDepth: unlimitedDepth, signal }))) {
      const isRoot = entry.depth === 0;
      if (!isRoot && entry.depth > shownDepth) continue;
      if (!isRoot && !request.all && entry.stats?.isDirectory() === false) continue;
      if ((threshold > 0 && bytes < threshold) || (threshold < 0 && bytes > -threshold)) continue;
      yield {
        name: entry.path,
        relative_name: isRoot ? root : entry.relativePath,
        size: bytes,
        ...(entry.error === undefined ? {} : { error: entry.error }),
      };
    }
  }
}
