import { readFile } from "node:fs/promises";
import { fields, lines, numberAt } from "./table.ts";

/** Counters of /proc/diskstats in the kernel's order, from its fourth column; sectors are 512 bytes, times milliseconds. */
export const diskCounters = [
  "readCompleted",
  "readMerged",
  "readSectors",
  "readTimeMs",
  "writeCompleted",
  "writeMerged",
  "writeSectors",
  "writeTimeMs",
  "ioInProgress",
  "ioTimeMs",
  "ioTimeWeightedMs",
  "discardCompleted",
  "discardMerged",
  "discardSectors",
  "discardTimeMs",
] as const;

export type DiskCounters = Readonly<Record<(typeof diskCounters)[number], number>>;
export type DiskStat = DiskCounters & { readonly name: string };

/** Documentation/admin-guide/iostats.rst of the kernel. */
export const parseDiskStats = (text: string): DiskStat[] =>
  lines(text).map((line) => {
    const columns = fields(line);
    const counters = Object.fromEntries(diskCounters.map((name, index) => [name, numberAt(columns, index + 3)]));
    return { name: columns[2] ?? "", ...(counters as DiskCounters) };
  });

export const readDiskStats = async (path = "/proc/diskstats"): Promise<DiskStat[]> =>
  parseDiskStats(await readFile(path, "utf8"));
