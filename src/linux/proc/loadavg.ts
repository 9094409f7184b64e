import { readFile } from "node:fs/promises";
import { fields, numberAt } from "./table.ts";

/** Load averages over 1, 5 and 15 minutes. */
export interface LoadAverage {
  readonly load1: number;
  readonly load5: number;
  readonly load15: number;
}

/** proc_loadavg(5). */
export function parseLoadAverage(text: string): LoadAverage {
  const columns = fields(text);
  return { load1: numberAt(columns, 0), load5: numberAt(columns, 1), load15: numberAt(columns, 2) };
}

export const readLoadAverage = async (path = "/proc/loadavg"): Promise<LoadAverage> =>
  parseLoadAverage(await readFile(path, "utf8"));
