import { mkdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Glob } from "bun";
import { pause } from "../../../async/pause.ts";
import { Failure } from "../../../errors/failure.ts";
import { codeOf, messageOf } from "../../../errors/message.ts";
import type { CgroupHierarchy } from "./hierarchy.ts";

/** Where a container's group of a hierarchy lies. */
export const groupPath = ({ parent }: CgroupHierarchy, name: string): string => join(parent, name);

/** Makes the group that is the container's root in this hierarchy; existing groups stay as they are. */
export async function createGroup(hierarchy: CgroupHierarchy, name: string, isOnly: boolean): Promise<string> {
  const { parent, type } = hierarchy;
  if (isOnly) await handDown(parent);
  const path = groupPath(hierarchy, name);
  await mkdir(path, { recursive: true });
  // A new group of version 1 has no processors, and so takes no processes, until it is told.
  if (type === "cgroup" && hierarchy.options.split(",").includes("cpuset"))
    for (const file of ["cpuset.cpus", "cpuset.mems"])
      await writeFile(join(path, file), await readFile(join(parent, file), "utf8"));
  return path;
}

async function handDown(root: string): Promise<void> {
  const controllers = (await readFile(join(root, "cgroup.controllers"), "utf8")).trim();
  if (controllers === "") return;
  const enabled = controllers.split(" ").map((controller) => `+${controller}`);
  await writeFile(join(root, "cgroup.subtree_control"), enabled.join(" "));
}

const emptyTimeoutMs = 5_000;

/** Ends what still runs in a group, and removes it from the leaves up; the files in them are the kernel's. */
export async function removeGroup(path: string): Promise<void> {
  // Nothing of the container has survived its first process, but the kernel may still be at it.
  await writeFile(join(path, "cgroup.kill"), "1").catch(() => undefined); // version 2, Linux 5.14
  const deadline = Date.now() + emptyTimeoutMs;
  const groups = (await groupsWithin(path)).toSorted((left, right) => right.length - left.length);
  for (const group of groups) await removeEmpty(group, deadline);
}

async function removeEmpty(group: string, deadline: number): Promise<void> {
  while (true) {
    try {
      return await rmdir(group);
    } catch (cause) {
      if (codeOf(cause) === "ENOENT") return;
      if (codeOf(cause) !== "EBUSY" || Date.now() > deadline) {
        throw new Failure(`Cannot remove control group "${group}": ${messageOf(cause)}`, { cause });
      }
      await pause(20); // the kernel tells nobody when the last process of a group of version 1 is gone
    }
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
