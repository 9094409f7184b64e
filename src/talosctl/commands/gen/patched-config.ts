import { text as wholeText } from "node:stream/consumers";
import { readText } from "./pki-flags.ts";

/**
 * A config with the patches of a command line: texts, `@file`, or `@-` for standard input.
 * Comments do not survive a patch: the config is written anew.
 * @throws Failure naming the file or the patch, by its place among them, from 1.
 */
export async function patchedConfig(config: string, patches: readonly string[]): Promise<string> {
  if (patches.length === 0) return config;
  const { applyPatches } = await import("../../../config/patch.ts");
  const read = patches.map(async (patch, index) => {
    if (!patch.startsWith("@")) return { text: patch, file: `patch ${index + 1}` };
    const file = patch.slice(1);
    return { text: await readTextOrInput(file), file: file === "-" ? "standard input" : file };
  });
  return applyPatches(config, await Promise.all(read));
}

/** The text of a file; `-` is standard input. */
export const readTextOrInput = (file: string): Promise<string> =>
  file === "-" ? wholeText(process.stdin) : readText(file);
