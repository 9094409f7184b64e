import { readdir, readFile, readlink } from "node:fs/promises";
import { type ProcessStat, parseProcessStat } from "./process-stat.ts";

/** A row of the process table. */
export interface ProcessEntry extends ProcessStat {
  /** Path of the executable; empty for kernel threads. */
  readonly executable: string;
  /** Arguments joined by blanks; empty for kernel threads. */
  readonly args: string;
  /** Security label, empty where no security module labels processes. */
  readonly label: string;
}

/** Every process there is now. One that ends while we look is left out. */
export async function readProcesses(root = "/proc"): Promise<ProcessEntry[]> {
  const pids = (await readdir(root)).filter((name) => /^\d+$/.test(name));
  const entries = await Promise.all(pids.map((pid) => readProcess(`${root}/${pid}`)));
  return entries.filter((entry) => entry !== undefined);
}

async function readProcess(directory: string): Promise<ProcessEntry | undefined> {
  const orEmpty = (text: Promise<string>): Promise<string> => text.catch(() => "");
  const [stat, executable, args, label] = await Promise.all([
    orEmpty(readFile(`${directory}/stat`, "utf8")),
    orEmpty(readlink(`${directory}/exe`)),
    orEmpty(readFile(`${directory}/cmdline`, "utf8")),
    orEmpty(readFile(`${directory}/attr/current`, "utf8")),
  ]);
  const parsed = parseProcessStat(stat);
  if (parsed === undefined) return undefined;
  return { ...parsed, executable, args: args.split("\0").join(" ").trim(), label: label.replace(/\0?\n?$/, "") };
}
