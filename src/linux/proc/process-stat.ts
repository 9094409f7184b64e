import { numberAt } from "./table.ts";

/** What /proc/<pid>/stat tells of a process. */
export interface ProcessStat {
  readonly pid: number;
  /** Name of the executable, up to 15 bytes. */
  readonly command: string;
  /** One letter: R, S, D, Z, T, I, … */
  readonly state: string;
  readonly parent: number;
  /** User and system time, in clock ticks. */
  readonly cpuTicks: number;
  readonly threads: number;
  /** Start after boot, in clock ticks: with the pid it names a process for ever. */
  readonly startTicks: number;
  readonly virtualBytes: number;
  readonly residentPages: number;
}

/** proc_pid_stat(5). The name may hold blanks and brackets: it ends at the last `)`. */
export function parseProcessStat(text: string): ProcessStat | undefined {
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  if (open < 0 || close < open) return undefined;
  const columns = text
    .slice(close + 2)
    .trim()
    .split(" ");
  return {
    pid: Number(text.slice(0, open)),
    command: text.slice(open + 1, close),
    state: columns[0] ?? "?",
    parent: numberAt(columns, 1),
    cpuTicks: numberAt(columns, 11) + numberAt(columns, 12),
    threads: numberAt(columns, 17),
    startTicks: numberAt(columns, 19),
    virtualBytes: numberAt(columns, 20),
    residentPages: numberAt(columns, 21),
  };
}
