import type { CapabilityName } from "./capabilities.ts";
import { grantableCapabilities } from "./capabilities.ts";
import type { DeviceRule, Namespace, ResourceLimit, RuntimeMount, RuntimeSpec } from "./runtime-spec.ts";

/** A container of the machine's own, in the words of the machine. */
export interface ContainerSpec {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** Namespaces of its own; the others are the machine's. A mount namespace it always has. */
  readonly isolate: readonly Exclude<Namespace, "mount">[];
  /** Path below the cgroup file system's root, such as `/podruntime/etcd`. */
  readonly cgroup: string;
  readonly mounts: readonly RuntimeMount[];
  /** Default: none. */
  readonly capabilities?: readonly CapabilityName[];
  /** Sees every device and all of /proc and /sys. */
  readonly privileged?: boolean;
  /** Mounts made inside become visible outside, and the other way round. */
  readonly sharedMounts?: boolean;
  readonly readOnlyRoot?: boolean;
  readonly limits?: readonly ResourceLimit[];
  readonly oomScoreAdjust?: number;
}

/**
 * The runtime's configuration of a container.
 * @throws TypeError for a capability that no container may have: a mistake of ours, not of the machine's owner
 */
export function buildRuntimeSpec(spec: ContainerSpec): RuntimeSpec {
  const { uid = 0, gid = 0, privileged = false, capabilities = [] } = spec;
  const reserved = capabilities.find((name) => !grantableCapabilities.includes(name));
  if (reserved !== undefined) throw new TypeError(`Cannot grant ${reserved} to a container: it is machined's alone`);
  return {
    ociVersion: "1.0.2",
    process: {
      user: { uid, gid },
      args: spec.args,
      env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
      cwd: spec.cwd ?? "/",
      // Inheritable stays empty, as CVE-2022-24769 taught.
      capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities, inheritable: [] },
      rlimits: spec.limits ?? [],
      noNewPrivileges: !privileged,
      oomScoreAdj: spec.oomScoreAdjust ?? 0,
    },
    root: { path: "rootfs", readonly: spec.readOnlyRoot ?? false },
    mounts: [...baseMounts(spec), ...spec.mounts],
    linux: {
      namespaces: (["mount", ...spec.isolate] as const).map((type) => ({ type })),
      cgroupsPath: spec.cgroup,
      resources: { devices: privileged ? [everyDevice] : harmlessDevices },
      rootfsPropagation: spec.sharedMounts === true ? "shared" : "private",
      maskedPaths: privileged ? [] : maskedPaths,
      readonlyPaths: privileged ? [] : readOnlyPaths,
    },
  };
}

/** A bind mount, visible with everything below it. */
export const bind = (path: string, target = path, ...options: readonly string[]): RuntimeMount => ({
  destination: target,
  type: "bind",
  source: path,
  options: ["rbind", ...(options.includes("rshared") ? [] : ["rprivate"]), ...options],
});

/** What every process expects; mounts of the container that name the same place replace it. */
function baseMounts({ mounts, privileged = false }: ContainerSpec): RuntimeMount[] {
  const sysfs = privileged ? [] : ["ro"];
  const base: RuntimeMount[] = [
    { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] },
    { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "mode=755", "size=65536k"] },
    {
      destination: "/dev/pts",
      type: "devpts",
      source: "devpts",
      options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
    },
    { destination: "/dev/shm", type: "tmpfs", source: "shm", options: ["nosuid", "noexec", "nodev", "mode=1777"] },
    { destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", ...sysfs] },
    { destination: "/run", type: "tmpfs", source: "tmpfs", options: ["nosuid", "mode=755", "size=65536k"] },
  ];
  const replaced = new Set(mounts.map(({ destination }) => destination));
  return base.filter(({ destination }) => {
    const parent = destination.slice(0, destination.lastIndexOf("/"));
    return !replaced.has(destination) && !replaced.has(parent);
  });
}

const everyDevice: DeviceRule = { allow: true, access: "rwm" };

const character = (major: number, minor: number): DeviceRule => ({
  allow: true,
  type: "c",
  major,
  minor,
  access: "rwm",
});

/** null, zero, full, random, urandom, tty, ptmx; the runtime makes the files itself. */
const harmlessDevices: readonly DeviceRule[] = [
  { allow: false, access: "rwm" },
  character(1, 3),
  character(1, 5),
  character(1, 7),
  character(1, 8),
  character(1, 9),
  character(5, 0),
  character(5, 2),
];

const maskedPaths = [
  "/proc/acpi",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/sched_debug",
  "/proc/scsi",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/sys/firmware",
];

const readOnlyPaths = ["/proc/asound", "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];
