import { existsSync } from "node:fs";
import { Failure } from "../../../errors/failure.ts";
import { durableWrite } from "../../../files/durable-write.ts";
import type { Context } from "../../command.ts";

export interface OutputFile {
  /** `-` is standard output. */
  readonly path: string;
  readonly content: string;
}

/**
 * Writes new files for their owner alone: all of them hold secrets.
 * @throws Failure before any is written, when one exists and `force` is not set.
 */
export async function writeOutputs(
  files: readonly OutputFile[],
  force: boolean,
  { print, warn }: Pick<Context, "print" | "warn">,
): Promise<void> {
  const existing = files.find(({ path }) => path !== "-" && existsSync(path));
  if (existing !== undefined && !force) {
    throw new Failure(`Cannot write "${existing.path}": it exists`, { hint: "To replace it, add --force" });
  }
  for (const { path, content } of files) {
    if (path === "-") await print(content);
    else {
      await durableWrite(path, content);
      warn(`Created ${path}`);
    }
  }
}
