import { messageOf } from "../../errors/message.ts";
import type { Confinement } from "../../linux/spawner/confinement.ts";
import { createSpawner, type Spawned, type Spawner, type SpawnOptions } from "../../linux/spawner/spawner.ts";
import type { LogRing } from "../machine.ts";
import type { Run, Runner } from "./runner.ts";
import type { ServiceHost } from "./service.ts";

export interface ProcessOptions extends Omit<SpawnOptions, "cgroup" | "session"> {
  /** Below /sys/fs/cgroup, such as `system/udevd`. */
  readonly cgroup: string;
  /** Locks the process into a file system of its own, without any capability. */
  readonly confine?: Confinement;
}

/** Runs a service as a process of its own session, in its cgroup. */
export const process =
  (options: ProcessOptions) =>
  (host: ServiceHost): Runner => ({
    async start({ log }): Promise<Run> {
      const { confine, cgroup, ...rest } = options;
      // A confined process has a spawner of its own: the confinement is the thread's. One per run, as paths that are
      // bound into it (sockets' directories) may be other ones the next time.
      const own = confine && (await createSpawner({ drop: "all", confine }));
      try {
        const directory = host.cgroup(cgroup);
        const place = directory === undefined ? {} : { cgroup: directory };
        const spawned = await (own ?? host.spawner).spawn({ ...rest, ...place, session: true });
        return runOf(options.argv, spawned, log, own);
      } catch (thrown) {
        own?.[Symbol.dispose]();
        throw thrown;
      }
    },
  });

function runOf(argv: readonly string[], spawned: Spawned, log: LogRing, own: Spawner | undefined): Run {
  const name = `Process([${argv.map((argument) => `"${argument}"`).join(" ")}])`;
  // Not awaited: a child that left the session may hold the pipe open for as long as it likes.
  void copyOutput(spawned, log);
  return {
    pid: spawned.pid,
    name,
    started: `Process ${name} started with PID ${spawned.pid}`,
    ended: spawned.exited.finally(() => own?.[Symbol.dispose]()),
    kill: (signal) => spawned.kill(signal),
  };
}

async function copyOutput(spawned: Spawned, log: LogRing): Promise<void> {
  try {
    for await (const chunk of spawned.output) log.write(chunk);
  } catch (thrown) {
    log.write(new TextEncoder().encode(`[log ends here: ${messageOf(thrown)}]\n`));
  }
}
