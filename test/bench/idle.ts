import { pause } from "../../src/async/pause.ts";
import type { Client } from "../../src/talosctl/client/client.ts";
import { readText } from "../machine/api.ts";
import { programsOf } from "./programs.ts";
import type { Report } from "./report.ts";

const seconds = 30;
/** Of all kernels that we run on. */
const ticksPerSecond = 100;

/** What our programs take of a processor while nothing happens, in percent of one. */
export async function idleReport(title: string, api: Client): Promise<Report> {
  const programs = await programsOf(api);
  const look = async () => await Promise.all(programs.map(({ pid }) => processorTicks(api, pid)));
  await look(); // connections that looking needs are there from here on
  const before = await look();
  await pause(seconds * 1_000);
  const after = await look();
  const figures = programs.map(({ name }, index) => ({
    name,
    value: (100 * ((after[index] ?? 0) - (before[index] ?? 0))) / ticksPerSecond / seconds,
    unit: "%",
  }));
  return { title: `${title}, processor over ${seconds} s`, figures };
}

/** User and system time of a process and its threads. */
async function processorTicks(api: Client, pid: number): Promise<number> {
  const stat = await readText(api, `/proc/${pid}/stat`);
  // The name, which is in parentheses, may hold anything.
  const [user = 0, system = 0] = stat.slice(stat.lastIndexOf(")")).split(" ").slice(12, 14).map(Number);
  return user + system;
}
