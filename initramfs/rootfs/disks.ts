import type { Contents } from "./contents.ts";

/** Making, growing and mending the file system of the machine's own disk. */
export const disks: readonly Contents[] = [
  { package: "xfsprogs", paths: ["usr/sbin/mkfs.xfs", "usr/sbin/xfs_growfs", "usr/sbin/xfs_repair"] },
];
