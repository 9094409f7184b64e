import { rmdir } from "node:fs/promises";
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

/** Groups are removed from the leaves up; the files in them are the kernel's. */
async function removeGroup(path: string): Promise<void> {
  const children = new Bun.Glob("**/cgroup.procs").scan({ cwd: path, absolute: true, onlyFiles: false });
  const directories: string[] = [];
  try {
    for await (const file of children) directories.push(file.slice(0, file.lastIndexOf("/")));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  for (const directory of directories.toSorted((left, right) => right.length - left.length)) {
    await rmdir(directory).catch((cause) => {
      if (codeOf(cause) !== "ENOENT") throw new Failure(`Cannot remove control group "${directory}"`, { cause });
    });
  }
}
