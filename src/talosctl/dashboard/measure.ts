import type { machine } from "../../proto/index.ts";
import type { Figures, ProcessRow } from "./node-view.ts";

/** What a machine counts up from its start, at one moment. */
export interface Counters {
  readonly atMs: number;
  readonly stat: machine.SystemStat;
  readonly network: machine.NetDev | undefined;
  readonly processes: readonly machine.ProcessInfo[];
}

export interface Readings extends Counters {
  readonly load: machine.LoadAvg;
  readonly memory: machine.MemInfo | undefined;
}

/** Processes that have room on a screen. */
const shownProcesses = 64;

/** The numbers of the moment; rates are since the moment before. */
export function figuresOf(now: Readings, before: Counters | undefined): Figures {
  const { stat, memory, load } = now;
  const kibibytes = (value: unknown) => Number(value ?? 0) * 1_024;
  const total = kibibytes(memory?.memtotal);
  return {
    upSeconds: Math.max(0, now.atMs / 1_000 - Number(stat.boot_time)),
    cpu: busyShare(stat.cpu_total ?? undefined, before?.stat.cpu_total ?? undefined),
    processors: Math.max(1, stat.cpu.length),
    load: [load.load1, load.load5, load.load15],
    memoryBytes: total,
    memoryUsedBytes: total - kibibytes(memory?.memavailable),
    received: rate(now, before, ({ network }) => Number(network?.rx_bytes ?? 0)),
    sent: rate(now, before, ({ network }) => Number(network?.tx_bytes ?? 0)),
  };
}

/** Those that need most processor time first, then the largest. */
export function processRows(now: Counters, before: Counters | undefined): ProcessRow[] {
  const seconds = before === undefined ? 0 : (now.atMs - before.atMs) / 1_000;
  const spent = new Map(before?.processes.map(({ pid, cpu_time }) => [pid, cpu_time]));
  const rows = now.processes.map((process) => {
    const earlier = spent.get(process.pid);
    const known = earlier !== undefined && seconds > 0;
    return {
      pid: process.pid,
      cpu: known ? Math.max(0, process.cpu_time - earlier) / seconds : undefined,
      residentBytes: Number(process.resident_memory),
      command: process.args === "" ? process.command : process.args,
    };
  });
  const order = (left: ProcessRow, right: ProcessRow) =>
    Math.round((right.cpu ?? 0) * 100) - Math.round((left.cpu ?? 0) * 100) || right.residentBytes - left.residentBytes;
  return rows.toSorted(order).slice(0, shownProcesses);
}

function busyShare(now: machine.CPUStat | undefined, before: machine.CPUStat | undefined): number | undefined {
  if (now === undefined || before === undefined) return undefined;
  // Time of guests is in user time already.
  const sum = ({ user, nice, system, idle, iowait, irq, soft_irq, steal }: machine.CPUStat) =>
    user + nice + system + idle + iowait + irq + soft_irq + steal;
  const passed = sum(now) - sum(before);
  const idle = now.idle + now.iowait - before.idle - before.iowait;
  return passed <= 0 ? undefined : Math.min(1, Math.max(0, 1 - idle / passed));
}

function rate(now: Counters, before: Counters | undefined, count: (of: Counters) => number): number | undefined {
  if (before === undefined || now.atMs <= before.atMs) return undefined;
  // A counter that begins anew is a machine that did.
  return Math.max(0, count(now) - count(before)) / ((now.atMs - before.atMs) / 1_000);
}
