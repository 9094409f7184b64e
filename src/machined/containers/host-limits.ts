import { readFileSync } from "node:fs";
import type { ContainerSpec } from "../../containerd/spec/build.ts";
import { allCapabilities } from "../../containerd/spec/capabilities.ts";

/** What a machine that is itself a container may hand on. */
export interface HostLimits {
  /** CapBnd and CapEff of /proc/self/status. */
  readonly bounding: bigint;
  readonly effective: bigint;
  readonly oomScoreAdjust: number;
}

export function readHostLimits(): HostLimits {
  const status = readFileSync("/proc/self/status", "utf8");
  const mask = (name: string) => BigInt(`0x${new RegExp(`^${name}:\\s*([0-9a-f]+)$`, "m").exec(status)?.[1] ?? "0"}`);
  return {
    bounding: mask("CapBnd"),
    effective: mask("CapEff"),
    oomScoreAdjust: Number(readFileSync("/proc/self/oom_score_adj", "utf8")),
  };
}

/** Asks for no more than we have ourselves: the runtime would refuse to start the container at all. */
export function withinLimits(spec: ContainerSpec, { bounding, effective, oomScoreAdjust }: HostLimits): ContainerSpec {
  const has = (mask: bigint, name: (typeof allCapabilities)[number]) =>
    ((mask >> BigInt(allCapabilities.indexOf(name))) & 1n) === 1n;
  const wanted = spec.oomScoreAdjust ?? 0;
  return {
    ...spec,
    capabilities: (spec.capabilities ?? []).filter((name) => has(bounding, name)),
    // Only CAP_SYS_RESOURCE makes a process less likely to be killed than its parent.
    oomScoreAdjust: has(effective, "CAP_SYS_RESOURCE") ? wanted : Math.max(wanted, oomScoreAdjust),
  };
}
