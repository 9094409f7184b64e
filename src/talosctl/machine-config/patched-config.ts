import type { Patch } from "../../config/patch.ts";
import { readTextOrInput } from "../input-file.ts";

/**
 * The patches of a command line: texts, `@file`, or `@-` for standard input.
 * @throws Failure naming the file that cannot be read.
 */
export const readPatches = (texts: readonly string[]): Promise<Patch[]> =>
  Promise.all(
    texts.map(async (text, index) => {
      if (!text.startsWith("@")) return { text, file: `patch ${index + 1}` };
      const file = text.slice(1);
      return { text: await readTextOrInput(file), file: file === "-" ? "standard input" : file };
    }),
  );

/**
 * A config with the patches of a command line.
 * Comments do not survive a patch: the config is written anew.
 * @throws Failure naming the file or the patch, by its place among them, from 1.
 */
export async function patchedConfig(config: string, texts: readonly string[]): Promise<string> {
  if (texts.length === 0) return config;
  const { applyPatches } = await import("../../config/patch.ts");
  return applyPatches(config, await readPatches(texts));
}
