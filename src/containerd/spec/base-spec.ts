import { mergeDeep } from "../merge-deep.ts";

const defaultCapabilities = [
  ...["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID"],
  ...["CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL"],
  "CAP_AUDIT_WRITE",
];
const harmless = ["nosuid", "noexec", "nodev"];

/**
 * What containerd begins every container with when nobody says otherwise (its `ctr oci spec`, on cgroups of version 2),
 * without limits on resources, which its CRI plugin leaves out. Pods' own wishes are added to it.
 */
const defaultBaseSpec = {
  ociVersion: "1.0.2-dev",
  process: {
    user: { uid: 0, gid: 0 },
    cwd: "/",
    capabilities: {
      bounding: defaultCapabilities,
      effective: defaultCapabilities,
      permitted: defaultCapabilities,
    },
    noNewPrivileges: true,
  },
  root: { path: "rootfs" },
  mounts: [
    { destination: "/proc", type: "proc", source: "proc", options: harmless },
    tmpfs("/dev", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
    {
      destination: "/dev/pts",
      type: "devpts",
      source: "devpts",
      options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
    },
    tmpfs("/dev/shm", "shm", [...harmless, "mode=1777", "size=65536k"]),
    { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: harmless },
    { destination: "/sys", type: "sysfs", source: "sysfs", options: [...harmless, "ro"] },
    tmpfs("/run", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
  ],
  linux: {
    resources: { devices: [{ allow: false, access: "rwm" }] },
    cgroupsPath: "/k8s.io",
    namespaces: ["pid", "ipc", "uts", "mount", "network", "cgroup"].map((type) => ({ type })),
    maskedPaths: [
      ...["/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list"],
      ...["/proc/timer_stats", "/proc/sched_debug", "/sys/firmware", "/proc/scsi"],
    ],
    readonlyPaths: ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
  },
} as const;

/** The file that containerd begins every pod's containers with, when the machine's owner changes something about it. */
export const renderBaseSpec = (overrides: unknown): string => JSON.stringify(mergeDeep(defaultBaseSpec, overrides));

function tmpfs(destination: string, source: string, options: readonly string[]) {
  return { destination, type: "tmpfs", source, options } as const;
}
