import { dirname, join, relative } from "node:path";
import { hashFile, repository } from "./files.ts";

const scanner = new Bun.Transpiler({ loader: "ts" });

/**
 * A line per file, `path hash`, for a module of the build and all that it imports from this repository, types apart:
 * the code that decides a step's result. Work on the machine's own sources then leaves what they are not part of alone.
 * @param module its path from the repository's root.
 */
export async function hashRecipe(module: string): Promise<string> {
  const found = new Set([join(repository, module)]);
  // A set that grows is iterated to its new end.
  for (const path of found) {
    for (const { path: name } of scanner.scanImports(await Bun.file(path).text())) {
      if (name.startsWith(".")) found.add(join(dirname(path), name));
    }
  }
  const lines = await Promise.all(
    [...found].map(async (path) => `${relative(repository, path)} ${await hashFile(path)}`),
  );
  return lines.toSorted().join("\n");
}
