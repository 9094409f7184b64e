import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";
import {
  cgroupRoot,
  createGroup,
  enableControllers,
  type GroupLimits,
  limitsOf,
  moveProcess,
} from "../../cgroup/group.ts";
import { messageOf } from "../../errors/message.ts";
import type { Log } from "../machine.ts";

const controllers = ["cpu", "cpuset", "io", "memory", "pids"];
const MIB = 1_024 * 1_024;

/** What a group is promised and allowed. */
interface Group extends GroupLimits {
  readonly path: string;
  /** Has groups of its own, and so no processes. */
  readonly inner?: boolean;
}

/** A share of the processors in thousandths, as a weight; the kernel's own conversion from cgroup v1 shares. */
function weight(millicores: number): number {
  const shares = (millicores * 1_024) / 1_000;
  return Math.max(1, Math.min(10_000, Math.floor(1 + ((shares - 2) * 9_999) / 262_142)));
}

/** A minimum, and protection for twice as much while memory is not desperately short. */
const reserved = (bytes: number) => ({ memoryMin: bytes, memoryLow: 2 * bytes });

/** Where everything runs. Parents before children. */
const groups: readonly Group[] = [
  { path: "init", ...reserved(96 * MIB), cpuWeight: weight(2_000) },
  { path: "system", inner: true, ...reserved(96 * MIB), cpuWeight: weight(1_500) },
  { path: "system/runtime", ...reserved(48 * MIB), cpuWeight: weight(500) },
  { path: "system/apid", ...reserved(16 * MIB), memoryMax: 128 * MIB, cpuWeight: weight(500) },
  { path: "system/trustd", ...reserved(8 * MIB), memoryMax: 128 * MIB, cpuWeight: weight(250) },
  { path: "system/udevd", ...reserved(8 * MIB), cpuWeight: weight(250) },
  { path: "podruntime", inner: true, cpuWeight: weight(4_000) },
  { path: "podruntime/runtime", ...reserved(196 * MIB), cpuWeight: weight(1_000) },
  { path: "podruntime/etcd", ...reserved(256 * MIB), cpuWeight: weight(2_000) },
  { path: "podruntime/kubelet", ...reserved(96 * MIB), cpuWeight: weight(1_000) },
];

/**
 * Makes our groups and moves PID 1 into its own.
 * @returns where a group is, for whoever starts processes; undefined where we may not make groups.
 */
export function setUpCgroups(log: Log): (group: string) => string | undefined {
  if (!isOurs()) {
    log("warn", "cgroups are not ours to manage: services run without limits");
    return () => undefined;
  }
  // First ourselves: a group that hands controllers down may hold no processes, unless it is the kernel's root.
  createGroup("init");
  moveProcess("init", 1);
  const [available, missing] = tryControllers("", log);
  if (missing.length > 0) log("warn", `cgroup controllers ${missing.join(", ")} are not available`);
  for (const { path, inner, ...limits } of groups) {
    try {
      // That controllers are missing has been told, once for all groups.
      createGroup(path, limitsOf(available, limits));
    } catch (thrown) {
      log("warn", messageOf(thrown));
    }
    if (inner) enableControllers(path, available);
  }
  return (group) => createGroup(group);
}

function isOurs(): boolean {
  const root = cgroupRoot();
  try {
    accessSync(join(root, "cgroup.subtree_control"), constants.W_OK);
    return existsSync(join(root, "cgroup.procs"));
  } catch {
    return false;
  }
}

/** Enables each controller by itself: one that the host keeps for itself must not cost us the others. */
function tryControllers(path: string, log: Log): [available: string[], missing: string[]] {
  const outcome = controllers.map((name) => {
    try {
      enableControllers(path, [name]);
      return true;
    } catch (thrown) {
      log("debug", messageOf(thrown));
      return false;
    }
  });
  return [controllers.filter((_, at) => outcome[at]), controllers.filter((_, at) => !outcome[at])];
}
