import { readFile } from "node:fs/promises";
import { lines } from "./table.ts";

/** One processor of /proc/cpuinfo: its keys as the kernel writes them (`model name`) to their text. */
export type CpuInfo = ReadonlyMap<string, string>;

/** proc_cpuinfo(5): one block per processor, separated by an empty line. */
export const parseCpuInfo = (text: string): CpuInfo[] =>
  text
    .split("\n\n")
    .map((block) => new Map(lines(block).map(keyAndValue)))
    .filter((cpu) => cpu.has("processor"));

function keyAndValue(line: string): [string, string] {
  const colon = line.indexOf(":");
  return colon < 0 ? [line.trim(), ""] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
}

export const readCpuInfo = async (path = "/proc/cpuinfo"): Promise<CpuInfo[]> =>
  parseCpuInfo(await readFile(path, "utf8"));
