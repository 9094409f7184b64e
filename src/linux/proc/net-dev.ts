import { readFile } from "node:fs/promises";
import { fields, lines, numberAt } from "./table.ts";

/** Counters of /proc/net/dev in the kernel's order. */
export const linkCounters = [
  "rxBytes",
  "rxPackets",
  "rxErrors",
  "rxDropped",
  "rxFifo",
  "rxFrame",
  "rxCompressed",
  "rxMulticast",
  "txBytes",
  "txPackets",
  "txErrors",
  "txDropped",
  "txFifo",
  "txCollisions",
  "txCarrier",
  "txCompressed",
] as const;

export type LinkCounters = Readonly<Record<(typeof linkCounters)[number], number>>;
export type LinkStat = LinkCounters & { readonly name: string };

/** proc_pid_net(5): two header lines, then `name: counters…`. */
export const parseNetDev = (text: string): LinkStat[] =>
  lines(text)
    .slice(2)
    .map((line) => {
      const colon = line.indexOf(":");
      const columns = fields(line.slice(colon + 1));
      const counters = Object.fromEntries(linkCounters.map((name, index) => [name, numberAt(columns, index)]));
      return { name: line.slice(0, colon).trim(), ...(counters as LinkCounters) };
    });

export const readNetDev = async (path = "/proc/net/dev"): Promise<LinkStat[]> =>
  parseNetDev(await readFile(path, "utf8"));
