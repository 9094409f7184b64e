import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What the kubelet asks of a control group tree before it starts. */
const kubeletControllers = ["cpu", "cpuset", "memory", "pids"];

export interface HostCgroups {
  /** Where the host mounts cgroup2; undefined when it does not. */
  readonly root: string | undefined;
  /** Why a kubelet cannot run in a group of this host; undefined when it can. */
  readonly kubeletObstacle: string | undefined;
}

/** What this host offers containers. A host with version 1 groups keeps the controllers away from version 2. */
export async function inspectCgroups(mounts = "/proc/self/mounts"): Promise<HostCgroups> {
  const lines = (await readFile(mounts, "utf8")).split("\n").map((line) => line.split(" "));
  const root = lines.find(([, , type]) => type === "cgroup2")?.[1];
  if (root === undefined) return { root, kubeletObstacle: "this host has no cgroup2" };
  const controllers = (await readFile(join(root, "cgroup.controllers"), "utf8")).trim().split(" ");
  const missing = kubeletControllers.filter((name) => !controllers.includes(name));
  if (missing.length === 0) return { root, kubeletObstacle: undefined };
  return { root, kubeletObstacle: `this host's cgroup2 has no ${missing.join(", ")} (version 1 groups hold them)` };
}

/** Makes the group that is the container's root of all groups. */
export async function createGroup(root: string, name: string): Promise<string> {
  const controllers = (await readFile(join(root, "cgroup.controllers"), "utf8")).trim();
  if (controllers !== "") {
    const enabled = controllers.split(" ").map((controller) => `+${controller}`);
    await writeFile(join(root, "cgroup.subtree_control"), enabled.join(" "));
  }
  const path = join(root, name);
  await mkdir(path, { recursive: true });
  return path;
}
