import type { State } from "../../cosi/state.ts";
import { isMountPoint } from "../../mount/helpers.ts";
import { MountStatus } from "../../resources/runtime/mount-status.ts";
import type { Log } from "../machine.ts";
import { mountState, stateDirectory, stateLabel } from "./state-volume.ts";

export interface VolumesOptions {
  readonly log: Log;
  readonly state: State;
}

/** Where the machine keeps what must outlive a reboot. */
export interface Volumes {
  /**
   * Mounts STATE if a disk has one, at once; whoever asks again gets the same answer. After "absent" the directory is
   * in memory, until provisioning puts a new STATE in its place.
   */
  openState(signal: AbortSignal): Promise<"mounted" | "absent">;
}

export function createVolumes({ log, state }: VolumesOptions): Volumes {
  let opened: Promise<"mounted" | "absent"> | undefined;

  async function open(): Promise<"mounted" | "absent"> {
    // In a container it is a directory of the host.
    const source = isMountPoint(stateDirectory) ? stateDirectory : await mountState(log);
    if (source === undefined) return "absent";
    await tellMount(state, { id: stateLabel, source, target: stateDirectory });
    return "mounted";
  }

  return {
    async openState(signal) {
      signal.throwIfAborted();
      opened ??= open();
      return await opened;
    },
  };
}

interface VolumeMount {
  readonly id: string;
  readonly source: string;
  readonly target: string;
}

async function tellMount(state: State, { id, source, target }: VolumeMount): Promise<void> {
  const filesystemType = source === target ? "none" : "xfs";
  await state.modify(MountStatus, id, () => ({ source, target, filesystemType, options: [], encrypted: false }));
}
