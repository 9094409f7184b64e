import { linkCounters, readNetDev } from "../../../linux/proc/net-dev.ts";
import type { machine } from "../../../proto/index.ts";
import { total, toWire } from "./counters.ts";

/** MachineService/NetworkDeviceStats: /proc/net/dev and its sum. */
export async function networkDeviceStats(): Promise<machine.NetworkDeviceStatsResponse.$Properties> {
  const links = await readNetDev();
  const devices = links.map((link) => toWire<machine.NetDev.$Properties>(link));
  return { messages: [{ total: toWire(total(linkCounters, links)), devices }] };
}
