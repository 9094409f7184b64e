import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { Failure } from "../errors/failure.ts";
import { codeOf } from "../errors/message.ts";

/** Limits and shares of a group; what is left out stays as the kernel has it. Bytes where sizes are meant. */
export interface GroupLimits {
  /** Never reclaimed, however short memory is. */
  readonly memoryMin?: number;
  /** Reclaimed only when nothing unprotected is left. */
  readonly memoryLow?: number;
  /** Above it the group is slowed and reclaimed from. */
  readonly memoryHigh?: number;
  /** Above it processes of the group are killed. */
  readonly memoryMax?: number;
  /** 1 to 10000; 100 is the kernel's default. */
  readonly cpuWeight?: number;
  readonly processesMax?: number;
}

/** Where version 2 of cgroups is mounted. A container on a host with version 1 has it among the others. */
export const cgroupRoot = (): string => (hasVersion1() ? "/sys/fs/cgroup/unified" : "/sys/fs/cgroup");

/** Whether the controllers are with hierarchies of version 1; version 2 tells no more than who belongs together then. */
export const hasVersion1 = (): boolean => existsSync("/sys/fs/cgroup/unified/cgroup.procs");

const files = {
  memoryMin: "memory.min",
  memoryLow: "memory.low",
  memoryHigh: "memory.high",
  memoryMax: "memory.max",
  cpuWeight: "cpu.weight",
  processesMax: "pids.max",
} as const;

/** Those of the limits that one of the controllers keeps: `memory` keeps `memoryMax`. */
export function limitsOf(controllers: readonly string[], limits: GroupLimits): GroupLimits {
  const kept = Object.entries(files).filter(([, file]) => controllers.includes(file.slice(0, file.indexOf("."))));
  const names = new Set(kept.map(([name]) => name));
  return Object.fromEntries(Object.entries(limits).filter(([name]) => names.has(name)));
}

/**
 * Makes a group with all above it, and sets its limits. Existing ones are kept and changed.
 * @param path below the root, `system/apid`.
 * @throws Failure naming the group.
 */
export function createGroup(path: string, limits: GroupLimits = {}, root = cgroupRoot()): string {
  const directory = join(root, path);
  try {
    mkdirSync(directory, { recursive: true });
    for (const [name, file] of Object.entries(files)) {
      const value = limits[name as keyof GroupLimits];
      if (value !== undefined) writeFileSync(join(directory, file), String(value));
    }
  } catch (cause) {
    throw new Failure(`Cannot create the cgroup "${path}"`, { cause });
  }
  return directory;
}

/**
 * Hands controllers down to the children of a group, and of every group above it: the kernel wants each level to.
 * A group that does so can hold no processes itself, except the root.
 * @param controllers such as `memory`, `cpu`, `pids`.
 */
export function enableControllers(path: string, controllers: readonly string[], root = cgroupRoot()): void {
  const change = controllers.map((name) => `+${name}`).join(" ");
  for (const directory of levels(join(root, path), root)) {
    try {
      writeFileSync(join(directory, "cgroup.subtree_control"), change);
    } catch (cause) {
      throw new Failure(`Cannot enable ${controllers.join(", ")} in the cgroup "${relative(root, directory) || "/"}"`, {
        cause,
      });
    }
  }
}

/** Moves a process, with its threads, into a group. */
export function moveProcess(path: string, pid: number, root = cgroupRoot()): void {
  try {
    writeFileSync(join(root, path, "cgroup.procs"), String(pid));
  } catch (cause) {
    throw new Failure(`Cannot move process ${pid} into the cgroup "${path}"`, { cause });
  }
}

/** Kills every process of a group and of the groups below it at once. */
export function killGroup(path: string, root = cgroupRoot()): void {
  try {
    writeFileSync(join(root, path, "cgroup.kill"), "1");
  } catch (cause) {
    if (codeOf(cause) !== "ENOENT") throw new Failure(`Cannot kill the cgroup "${path}"`, { cause });
  }
}

/** Removes an empty group. A missing one is as good. */
export function removeGroup(path: string, root = cgroupRoot()): void {
  try {
    rmdirSync(join(root, path));
  } catch (cause) {
    if (codeOf(cause) !== "ENOENT") throw new Failure(`Cannot remove the cgroup "${path}"`, { cause });
  }
}

/** The directories from the root down to `directory`. */
function levels(directory: string, root: string): string[] {
  return directory === root || directory.length <= root.length
    ? [root]
    : [...levels(dirname(directory), root), directory];
}
