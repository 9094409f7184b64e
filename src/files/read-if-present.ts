import { readFile } from "node:fs/promises";
import { codeOf } from "../errors/message.ts";

/** A file's text; undefined when there is no such file. @throws what the kernel says otherwise */
export async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return undefined;
    throw thrown;
  }
}
