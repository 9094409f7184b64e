import { readFile } from "node:fs/promises";
import { readStat, readValue } from "../../../cgroup/stat.ts";
import type { machine } from "../../../proto/index.ts";
import type { Machine } from "../../machine.ts";
import { type ListedContainer, listContainers, namespaceOf } from "./listing.ts";

/** MachineService/Stats: memory in bytes and CPU time in nanoseconds of every running container. */
export async function stats(
  machine: Machine,
  request: machine.StatsRequest,
): Promise<machine.StatsResponse.$Properties> {
  const rows = await listContainers(namespaceOf(await machine.containerd(), request.namespace));
  const measured = await Promise.all(rows.filter(({ pid }) => pid > 0).map(measure));
  return { messages: [{ stats: measured.filter((row) => row !== undefined) }] };
}

/** The kernel's own accounts: the control group that the container's first process is in. */
async function measure(row: ListedContainer): Promise<machine.Stat.$Properties | undefined> {
  try {
    const group = /^0::(.*)$/m.exec(await readFile(`/proc/${row.pid}/cgroup`, "utf8"))?.[1] ?? "/";
    return {
      namespace: row.namespace,
      id: row.displayId,
      memory_usage: readValue(group, "memory.current") ?? 0,
      cpu_usage: (readStat(group, "cpu.stat").get("usage_usec") ?? 0) * 1_000,
      pod_id: row.podId,
      name: row.name,
    };
  } catch {
    return undefined; // it ended while we looked
  }
}
