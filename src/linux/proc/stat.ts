import { readFile } from "node:fs/promises";
import { fields, lines, numberAt } from "./table.ts";

/** Clock ticks per second of /proc; the kernel's user interface fixes it at 100 (USER_HZ). */
export const ticksPerSecond = 100;

const cpuColumns = [
  "user",
  "nice",
  "system",
  "idle",
  "iowait",
  "irq",
  "softIrq",
  "steal",
  "guest",
  "guestNice",
] as const;
const softIrqColumns = [
  "hi",
  "timer",
  "netTx",
  "netRx",
  "block",
  "blockIoPoll",
  "tasklet",
  "sched",
  "hrtimer",
  "rcu",
] as const;

/** Seconds that a CPU spent in each state since boot. */
export type CpuTimes = Readonly<Record<(typeof cpuColumns)[number], number>>;
export type SoftIrqs = Readonly<Record<(typeof softIrqColumns)[number], number>>;

/** /proc/stat. */
export interface SystemStat {
  /** Seconds since the epoch. */
  readonly bootTime: number;
  readonly total: CpuTimes;
  readonly cpus: readonly CpuTimes[];
  readonly irqTotal: number;
  readonly irqs: readonly number[];
  readonly contextSwitches: number;
  readonly processesCreated: number;
  readonly processesRunning: number;
  readonly processesBlocked: number;
  readonly softIrqTotal: number;
  readonly softIrqs: SoftIrqs;
}

const named = <K extends string>(names: readonly K[], columns: readonly string[], from: number, scale = 1) =>
  Object.fromEntries(names.map((name, index) => [name, numberAt(columns, index + from) / scale])) as Record<K, number>;

/** proc_stat(5). */
export function parseSystemStat(text: string): SystemStat {
  const rows = lines(text).map(fields);
  const row = (name: string): string[] => rows.find((columns) => columns[0] === name) ?? [];
  const numbers = (name: string): number[] => row(name).slice(1).map(Number);
  const [irqTotal = 0, ...irqs] = numbers("intr");
  return {
    bootTime: numberAt(row("btime"), 1),
    total: named(cpuColumns, row("cpu"), 1, ticksPerSecond),
    cpus: rows
      .filter(([name]) => /^cpu\d+$/.test(name ?? ""))
      .map((columns) => named(cpuColumns, columns, 1, ticksPerSecond)),
    irqTotal,
    irqs,
    contextSwitches: numberAt(row("ctxt"), 1),
    processesCreated: numberAt(row("processes"), 1),
    processesRunning: numberAt(row("procs_running"), 1),
    processesBlocked: numberAt(row("procs_blocked"), 1),
    softIrqTotal: numberAt(row("softirq"), 1),
    softIrqs: named(softIrqColumns, row("softirq"), 2),
  };
}

export const readSystemStat = async (path = "/proc/stat"): Promise<SystemStat> =>
  parseSystemStat(await readFile(path, "utf8"));
