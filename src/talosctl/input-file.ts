import { readFile } from "node:fs/promises";
import { Failure } from "../errors/failure.ts";

/** The text of a file. @throws Failure naming it. */
export const readText = (file: string): Promise<string> =>
  readFile(file, "utf8").catch((cause) => {
    throw new Failure(`Cannot read "${file}"`, { cause });
  });

/** The text of a file; `-` is standard input. */
export const readTextOrInput = (file: string): Promise<string> => (file === "-" ? Bun.stdin.text() : readText(file));
