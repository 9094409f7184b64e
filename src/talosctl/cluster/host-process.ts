import { readFile } from "node:fs/promises";
import { pause } from "../../async/pause.ts";
import { Failure } from "../../errors/failure.ts";
import { codeOf } from "../../errors/message.ts";

/**
 * A background process as it is remembered on disk. A pid alone is not an identity: after a reboot, or a long time,
 * it belongs to somebody else. With the time of its start it is one.
 */
export interface HostProcess {
  readonly pid: number;
  /** Opaque; equal for as long as the pid is the same process. */
  readonly startedAt: string;
}

/** The process that has this pid now, if there is one. */
export async function identify(pid: number): Promise<HostProcess | undefined> {
  const startedAt = process.platform === "linux" ? await startOnLinux(pid) : await startByPs(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

/** Whether the very process that was recorded still runs. */
export async function isRunning(recorded: HostProcess | undefined): Promise<boolean> {
  if (recorded === undefined) return false;
  return (await identify(recorded.pid))?.startedAt === recorded.startedAt;
}

/**
 * Asks a recorded process to stop, and kills it when it has not within the grace. Nothing happens when it is gone,
 * or when its pid belongs to another process by now.
 * @throws Failure when it cannot be signalled or outlives SIGKILL.
 */
export async function stop(recorded: HostProcess, graceMs = 5_000): Promise<void> {
  for (const [signal, patienceMs] of [
    ["SIGTERM", graceMs],
    ["SIGKILL", 5_000],
  ] as const) {
    if (!(await isRunning(recorded))) return;
    try {
      process.kill(recorded.pid, signal);
    } catch (cause) {
      if (codeOf(cause) === "ESRCH") return;
      throw new Failure(`Cannot stop process ${recorded.pid}`, { cause });
    }
    // The kernel tells only a parent when a process ends, and we are not the parent.
    for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await pause(20)) {
      if (!(await isRunning(recorded))) return;
    }
  }
  throw new Failure(`Cannot stop process ${recorded.pid}: it is still there after SIGKILL`);
}

/** Fields of /proc/<pid>/stat after the command name, proc_pid_stat(5): 0 is the state, 19 the start in clock ticks. */
async function startOnLinux(pid: number): Promise<string | undefined> {
  try {
    const [stat, bootId] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readFile("/proc/sys/kernel/random/boot_id", "utf8"),
    ]);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const gone = fields[0] === "Z" || fields[0] === "X";
    return gone ? undefined : `${bootId.trim()}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

async function startByPs(pid: number): Promise<string | undefined> {
  const ps = Bun.spawn(["ps", "-o", "lstart=", "-p", String(pid)], { stdin: "ignore", stderr: "ignore" });
  return (await ps.stdout.text()).trim() || undefined;
}
