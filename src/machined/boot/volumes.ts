import type { MachineConfig as ParsedConfig } from "../../config/index.ts";
import type { State } from "../../cosi/state.ts";
import type { Spawner } from "../../linux/spawner/spawner.ts";
import { isMountPoint } from "../../mount/helpers.ts";
import { VolumeStatus } from "../../resources/block/volume-status.ts";
import { MountStatus } from "../../resources/runtime/mount-status.ts";
import type { Log } from "../machine.ts";
import { mountState, stateDirectory } from "./state-volume.ts";
import { volumeStatusOf } from "./volume-status.ts";

export interface VolumesOptions {
  readonly log: Log;
  readonly state: State;
  readonly spawner: Spawner;
  /** Resolves when disks have all their names, such as /dev/disk/by-id/…: a config may use one. */
  readonly whenDisksAreNamed: (signal: AbortSignal) => Promise<void>;
  /** Writes the config's own files, once they have a place. */
  readonly writeFiles: (config: ParsedConfig) => Promise<void>;
}

/** Where the machine keeps what must outlive a reboot. */
export interface Volumes {
  /**
   * Mounts STATE if a disk has one, at once; whoever asks again gets the same answer. After "absent" the directory is
   * in memory, until provisioning puts a new STATE in its place.
   */
  openState(signal: AbortSignal): Promise<"mounted" | "absent">;
  /**
   * Mounts EPHEMERAL on /var. A machine that has neither volume makes both, on a disk that the config names or that is
   * blank; a machine without such a disk keeps both in memory. Not before a config is in force: a machine that waits
   * for one touches no disk.
   * @throws when a volume that is there does not mount.
   */
  provision(config: ParsedConfig, signal: AbortSignal): Promise<void>;
}

export function createVolumes(options: VolumesOptions): Volumes {
  const { log, state } = options;
  let opened: Promise<"mounted" | "absent"> | undefined;

  async function open(): Promise<"mounted" | "absent"> {
    // In a container it is a directory of the host.
    const source = isMountPoint(stateDirectory) ? stateDirectory : await mountState(log);
    if (source === undefined) return "absent";
    await tellMount("STATE", source, stateDirectory);
    return "mounted";
  }

  async function openState(signal: AbortSignal): Promise<"mounted" | "absent"> {
    signal.throwIfAborted();
    opened ??= open();
    return await opened;
  }

  async function tellMount(id: string, source: string, target: string): Promise<void> {
    const filesystemType = source === target ? "none" : source === "tmpfs" ? source : "xfs";
    await state.modify(VolumeStatus, id, () => volumeStatusOf(source, target));
    await state.modify(MountStatus, id, () => ({ source, target, filesystemType, options: [], encrypted: false }));
  }

  return {
    openState,
    async provision(config, signal) {
      await openState(signal);
      const { provision } = await import("./provision.ts");
      await provision(config, { ...options, signal, tellMount });
    },
  };
}
