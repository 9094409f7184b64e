import { readProcesses } from "../../../linux/proc/processes.ts";
import { ticksPerSecond } from "../../../linux/proc/stat.ts";
import type { machine } from "../../../proto/index.ts";

const pageBytes = 4096;

/** MachineService/Processes: the process table, CPU time in seconds, memory in bytes. */
export async function processes(): Promise<machine.ProcessesResponse.$Properties> {
  const table = await readProcesses();
  return {
    messages: [
      {
        processes: table.map((entry) => ({
          pid: entry.pid,
          ppid: entry.parent,
          state: entry.state,
          threads: entry.threads,
          cpu_time: entry.cpuTicks / ticksPerSecond,
          virtual_memory: entry.virtualBytes,
          resident_memory: entry.residentPages * pageBytes,
          command: entry.command,
          executable: entry.executable,
          args: entry.args,
          label: entry.label,
        })),
      },
    ],
  };
}
