/**
 * What the build knows of the kernel's modules. The machine reads it in two forms: `/modules/order.txt` of the initramfs
 * has the file names of the early groups, one a line; `/usr/lib/modules/list.json` of the root file system is a
 * ModuleList of the other groups.
 */
export interface ModuleList {
  /** As `uname -r` says it: modules of another release would be refused one by one. */
  readonly release: string;
  /** In the order of loading: what a module depends on comes before it. */
  readonly modules: readonly KernelModule[];
}

export type ModuleGroup = "root" | "network" | "disk" | "device" | "kubernetes" | "optional";

/** What the first stage loads, out of the initramfs: the machine cannot wait for these, and needs them soon anyway. */
export const earlyGroups: ReadonlySet<ModuleGroup> = new Set(["root", "network", "disk", "device"]);

export interface KernelModule {
  /** As the kernel calls it, with underscores: `virtio_net`. */
  readonly name: string;
  /** On the machine. The file is uncompressed: finit_module(2) needs no flags for it. */
  readonly path: string;
  /** The first group that wants it. */
  readonly group: ModuleGroup;
}
