import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { Failure } from "../../src/errors/failure.ts";
import type { ContainerRunner } from "../../src/machined/etcd/restore.ts";
import { compiledComponent } from "../support/compiled-component.ts";
import { eventually } from "../support/eventually.ts";

/**
 * Runs a container's program as it is. What an earlier machine left running is ended first, as its container would be.
 * @param isHeldBack whether nothing is to start, as if its image could not be fetched.
 */
export const programRunner =
  (directory: string, isHeldBack = false): ContainerRunner =>
  (options) =>
  (host) => ({
    async start({ id, log, ...context }) {
      const { spec } = await options.plan(host, context);
      if (isHeldBack) throw new Failure("Cannot start it: it is held back");
      const { args, env } = spec({ config: { environment: {} } } as never);
      const pidFile = join(directory, `${id}.pid`);
      await endLeftover(pidFile);
      const [program = "", ...rest] = args;
      const child = Bun.spawn([await compiledComponent(basename(program)), ...rest], {
        env: { ...env },
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
      });
      await writeFile(pidFile, String(child.pid));
      for (const stream of [child.stdout, child.stderr]) void copy(stream, (bytes) => log.write(bytes));
      return {
        pid: child.pid,
        name: `process ${id} (PID ${child.pid})`,
        started: `Started process ${id} (PID ${child.pid})`,
        ended: child.exited.then((code) => {
          const signal = child.signalCode === null ? undefined : String(child.signalCode);
          return { code: signal === undefined ? code : undefined, signal };
        }),
        kill: (name) => child.kill(name),
      };
    },
  });

async function copy(stream: ReadableStream<Uint8Array>, write: (bytes: Uint8Array) => void): Promise<void> {
  for await (const bytes of stream) write(bytes);
}

async function endLeftover(pidFile: string): Promise<void> {
  const pid = Number(await readFile(pidFile, "utf8").catch(() => "0"));
  if (pid === 0 || !(await isEtcd(pid))) return;
  process.kill(pid, "SIGKILL");
  await eventually(
    () => isEtcd(pid),
    (is) => !is,
    { intervalMs: 10 },
  );
}

const isEtcd = async (pid: number): Promise<boolean> =>
  (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).includes("/etcd");
