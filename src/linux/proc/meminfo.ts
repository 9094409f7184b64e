import { readFile } from "node:fs/promises";
import { lines } from "./table.ts";

/** /proc/meminfo as it is: key without punctuation, lower case (`Active(anon)` → `activeanon`) to kibibytes (or a count). */
export type Meminfo = Readonly<Record<string, number>>;

/** proc_meminfo(5). */
export function parseMeminfo(text: string): Meminfo {
  const values: Record<string, number> = {};
  for (const line of lines(text)) {
    const match = /^([^:]+):\s+(\d+)/.exec(line);
    if (match === null) continue;
    values[(match[1] ?? "").toLowerCase().replace(/[^a-z0-9]/g, "")] = Number(match[2]);
  }
  return values;
}

export const readMeminfo = async (path = "/proc/meminfo"): Promise<Meminfo> =>
  parseMeminfo(await readFile(path, "utf8"));
