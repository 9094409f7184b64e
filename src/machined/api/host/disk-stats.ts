import { diskCounters, readDiskStats } from "../../../linux/proc/diskstats.ts";
import type { machine } from "../../../proto/index.ts";
import { total, toWire } from "./counters.ts";

/** MachineService/DiskStats: /proc/diskstats and its sum. */
export async function diskStats(): Promise<machine.DiskStatsResponse.$Properties> {
  const disks = await readDiskStats();
  const devices = disks.map((disk) => toWire<machine.DiskStat.$Properties>(disk));
  return { messages: [{ total: toWire(total(diskCounters, disks)), devices }] };
}
