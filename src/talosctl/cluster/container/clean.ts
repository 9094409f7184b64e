import { readFile, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Glob } from "bun";
import { pause } from "../../../async/pause.ts";
import { Failure } from "../../../errors/failure.ts";
import { codeOf } from "../../../errors/message.ts";
import { removeNetwork } from "./network.ts";

/** Undoes the steps that `container/provisioner.ts` recorded, each `<kind> <what>`. What is gone already is no error. */
export async function clean(steps: readonly string[]): Promise<void> {
  for (const step of steps) {
    const [kind, what = ""] = step.split(" ");
    if (kind === "network") await removeNetwork(what);
    else if (kind === "cgroup") await removeGroup(what);
    else throw new Failure(`Cannot undo "${step}": an unknown step`);
  }
}

const emptyTimeoutMs = 5_000;

/** Ends what still runs in a group, and removes it from the leaves up; the files in them are the kernel's. */
async function removeGroup(path: string): Promise<void> {
  const groups = await groupsWithin(path);
  if (groups.length === 0) return;
  // Nothing of the container has survived its first process, but the kernel may still be at it.
  await writeFile(join(path, "cgroup.kill"), "1").catch(() => undefined); // Linux 5.14
  const deadline = Date.now() + emptyTimeoutMs;
  while (Date.now() < deadline && /^populated 1$/m.test(await readFile(join(path, "cgroup.events"), "utf8"))) {
    await pause(20);
  }
  for (const group of groups.toSorted((left, right) => right.length - left.length)) {
    await rmdir(group).catch((cause) => {
      if (codeOf(cause) !== "ENOENT") throw new Failure(`Cannot remove control group "${group}"`, { cause });
    });
  }
}

/** The group and those below it; none when it is gone. */
async function groupsWithin(path: string): Promise<string[]> {
  const groups: string[] = [];
  try {
    for await (const file of new Glob("**/cgroup.procs").scan({ cwd: path, absolute: true }))
      groups.push(dirname(file));
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
  return groups;
}
