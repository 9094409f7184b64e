import { statfs } from "../../../linux/statfs.ts";
import { mountTable } from "../../../mount/table.ts";
import type { machine } from "../../../proto/index.ts";

/** MachineService/Mounts: every mount with the size of its file system, in bytes. */
export async function mounts(): Promise<machine.MountsResponse.$Properties> {
  return { messages: [{ stats: mountTable().flatMap(({ source, target }) => mountStat(source, target)) }] };
}

function mountStat(filesystem: string, mountedOn: string): machine.MountStat.$Properties[] {
  try {
    const { sizeBytes, availableBytes } = statfs(mountedOn);
    return [{ filesystem, size: sizeBytes, available: availableBytes, mounted_on: mountedOn }];
  } catch {
    return []; // unmounted since, or hidden below another mount
  }
}
