import { readFile } from "node:fs/promises";
import { Failure } from "../../errors/failure.ts";
import { codeOf } from "../../errors/message.ts";

/**
 * What the build tells the machine about kernel modules: `/modules/order.txt` of the initramfs has the file names of
 * the early groups, one a line; `/usr/lib/modules/list.json` of the root file system is a ModuleList of the others.
 */
export interface ModuleList {
  /** As `uname -r` says it: modules of another release would be refused one by one. */
  readonly release: string;
  /** In the order of loading: what a module depends on comes before it. */
  readonly modules: readonly KernelModule[];
  /** Names of what this kernel has without a module. */
  readonly builtIn: readonly string[];
}

/** When a module is loaded: `root` to `device` by the first stage, the others when they come to be needed. */
export type ModuleGroup =
  | ("root" | "network" | "disk" | "device")
  | ("hardware" | "volume" | "filesystem" | "kubernetes" | "optional");

export interface KernelModule {
  /** As the kernel calls it, with underscores: `virtio_net`. */
  readonly name: string;
  /** On the machine. The file is uncompressed: finit_module(2) needs no flags for it. */
  readonly path: string;
  /** What it is loaded for; another group may have it as well. */
  readonly group: ModuleGroup;
  /** Names of the modules that it cannot be loaded without. */
  readonly dependsOn: readonly string[];
  /** Patterns of what devices say of themselves (`modalias`); of the group `hardware`. */
  readonly drives?: readonly string[];
}

const LIST = "/usr/lib/modules/list.json";

/** The list of this machine; empty on a kernel that has everything built in, which comes without one. */
export async function readModuleList(path = LIST): Promise<ModuleList> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return { release: "", modules: [], builtIn: [] };
    throw new Failure(`Cannot read the list of kernel modules in "${path}"`, { cause: thrown });
  }
}

/** File names and configurations have dashes where the kernel has underscores. */
export const canonicalName = (name: string): string => name.replaceAll("-", "_");
