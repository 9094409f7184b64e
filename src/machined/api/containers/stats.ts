import { readFile } from "node:fs/promises";
import { readStat, readValue } from "../../../cgroup/stat.ts";
import type { ContainerUsage } from "../../../containerd/runtime-service.ts";
import type { machine } from "../../../proto/index.ts";
import type { Machine } from "../../machine.ts";
import type { ListedContainer } from "./listed-container.ts";
import { isOfPods, listContainers } from "./listing.ts";

/** MachineService/Stats: memory in bytes and CPU time in nanoseconds of every running container. */
export async function stats(
  machine: Machine,
  request: machine.StatsRequest,
): Promise<machine.StatsResponse.$Properties> {
  const containerd = await machine.containerd();
  const rows = await listContainers(containerd, request.namespace);
  if (!isOfPods(request.namespace)) {
    const running = rows.filter(({ pid }) => pid > 0);
    const measured = await Promise.all(running.map(measure));
    return { messages: [{ stats: running.flatMap((row, index) => statOf(row, measured[index])) }] };
  }
  const usage = await containerd.runtimeService.usage();
  // A sandbox is there to hold its containers, and uses nothing worth telling.
  const nothing = { memoryBytes: 0, cpuNs: 0 };
  const of = (row: ListedContainer) => (row.displayId === row.podId ? nothing : usage.get(row.internalId));
  return { messages: [{ stats: rows.flatMap((row) => statOf(row, of(row))) }] };
}

const statOf = (row: ListedContainer, usage: ContainerUsage | undefined): machine.Stat.$Properties[] =>
  usage === undefined
    ? []
    : [
        {
          ...{ namespace: row.namespace, id: row.displayId, pod_id: row.podId, name: row.name },
          ...{ memory_usage: usage.memoryBytes, cpu_usage: usage.cpuNs },
        },
      ];

/** The kernel's own accounts: the control group that the container's first process is in. */
async function measure(row: ListedContainer): Promise<ContainerUsage | undefined> {
  try {
    const group = /^0::(.*)$/m.exec(await readFile(`/proc/${row.pid}/cgroup`, "utf8"))?.[1] ?? "/";
    return {
      memoryBytes: readValue(group, "memory.current") ?? 0,
      cpuNs: (readStat(group, "cpu.stat").get("usage_usec") ?? 0) * 1_000,
    };
  } catch {
    return undefined; // it ended while we looked
  }
}
