import { dirname, join } from "node:path";
import { hashFile, repository } from "./files.ts";

/** They start programs, keep results and talk to people, but decide no byte of a result. */
const plumbing = /^(?:src\/(?:clock|errors)\/|initramfs\/steps\/(?:cache|download|files|progress|recipe|tool)\.ts$)/;

const scanner = new Bun.Transpiler({ loader: "ts" });

/**
 * A line per file, `path hash`, for a module of the build and all that it imports from this repository, types apart:
 * the code that decides a step's result. Work on the machine's own sources then leaves what they are not part of alone.
 * @param module its path from the repository's root.
 */
export async function hashRecipe(module: string): Promise<string> {
  const found = new Set([module]);
  // A set that grows is iterated to its new end.
  for (const path of found) {
    for (const { path: name } of scanner.scanImports(await Bun.file(join(repository, path)).text())) {
      const imported = join(dirname(path), name);
      if (name.startsWith(".") && !plumbing.test(imported)) found.add(imported);
    }
  }
  const lines = await Promise.all([...found].map(async (path) => `${path} ${await hashFile(join(repository, path))}`));
  return lines.toSorted().join("\n");
}
