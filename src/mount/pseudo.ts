import type { Mount } from "../linux/mount.ts";
import { MountFlag } from "../linux/mount.ts";

const { noDev, noExec, noSuid, readOnly, relativeAccessTime } = MountFlag;

/** A pseudo file system of the machine's boot. */
export interface PseudoMount extends Mount {
  /** Not every kernel has it: absent is no failure. */
  readonly optional?: boolean;
}

/** What stage 1 needs before anything else can run, in order. */
export const earlyMounts: readonly PseudoMount[] = [
  { source: "devtmpfs", target: "/dev", type: "devtmpfs", flags: noSuid, options: "mode=0755" },
  { source: "proc", target: "/proc", type: "proc", flags: noSuid | noDev | noExec },
  { source: "sysfs", target: "/sys", type: "sysfs", flags: noSuid | noDev | noExec },
];

/** The rest of the kernel's file systems, mounted once the root is the real one. */
export const lateMounts: readonly PseudoMount[] = [
  { source: "tmpfs", target: "/dev/shm", type: "tmpfs", flags: noSuid | noDev | noExec | relativeAccessTime },
  {
    source: "devpts",
    target: "/dev/pts",
    type: "devpts",
    flags: noSuid | noExec,
    options: "ptmxmode=000,mode=620,gid=5",
  },
  { source: "hugetlbfs", target: "/dev/hugepages", type: "hugetlbfs", flags: noSuid | noDev, optional: true },
  { source: "bpf", target: "/sys/fs/bpf", type: "bpf", flags: noSuid | noDev | noExec, optional: true },
  {
    source: "securityfs",
    target: "/sys/kernel/security",
    type: "securityfs",
    flags: noSuid | noDev | noExec,
    optional: true,
  },
  { source: "tracefs", target: "/sys/kernel/tracing", type: "tracefs", flags: noSuid | noDev | noExec, optional: true },
  {
    source: "configfs",
    target: "/sys/kernel/config",
    type: "configfs",
    flags: noSuid | noDev | noExec,
    optional: true,
  },
  { source: "debugfs", target: "/sys/kernel/debug", type: "debugfs", flags: noSuid | noDev | noExec, optional: true },
  {
    source: "efivarfs",
    target: "/sys/firmware/efi/efivars",
    type: "efivarfs",
    flags: noSuid | noDev | noExec | readOnly,
    optional: true,
  },
];

/** Room for what the machine writes at run time. */
export const runtimeMounts: readonly PseudoMount[] = [
  {
    source: "tmpfs",
    target: "/run",
    type: "tmpfs",
    flags: noSuid | noDev | noExec | relativeAccessTime,
    options: "mode=0755",
  },
  { source: "tmpfs", target: "/system", type: "tmpfs", flags: 0, options: "mode=0755" },
  { source: "tmpfs", target: "/tmp", type: "tmpfs", flags: noSuid | noDev | noExec, options: "size=64M,mode=0755" },
];

/** The one cgroup hierarchy, version 2. */
export const cgroupMount: PseudoMount = {
  source: "cgroup2",
  target: "/sys/fs/cgroup",
  type: "cgroup2",
  flags: noSuid | noDev | noExec,
  options: "nsdelegate,memory_recursiveprot",
};
