import { readdir, readFile } from "node:fs/promises";

/** A process of a machine that is a container, as the host sees it. */
export interface InsideProcess {
  readonly pid: number;
  readonly argv: readonly string[];
}

/** Every process below a container's first one, also those of containers within. */
export async function processesIn(init: number): Promise<InsideProcess[]> {
  const found: InsideProcess[] = [];
  const pending = [init];
  for (let pid = pending.shift(); pid !== undefined; pid = pending.shift()) {
    const argv = (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0");
    found.push({ pid, argv });
    for (const task of await readdir(`/proc/${pid}/task`).catch((): string[] => [])) {
      const children = await readFile(`/proc/${pid}/task/${task}/children`, "utf8").catch(() => "");
      pending.push(...children.split(" ").filter(Boolean).map(Number));
    }
  }
  return found;
}

/** Ends a program of a machine as a crash does. @throws when it does not run there */
export async function killIn(init: number, program: string): Promise<void> {
  const processes = await processesIn(init);
  const found = processes.filter(({ argv }) => argv[0] === program || argv[0]?.endsWith(`/${program}`));
  if (found.length === 0) throw new Error(`there is no ${program} in ${init}`);
  for (const { pid } of found) process.kill(pid, "SIGKILL");
}
