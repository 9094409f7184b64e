import { readLoadAverage } from "../../../linux/proc/loadavg.ts";
import type { machine } from "../../../proto/index.ts";

/** MachineService/LoadAvg. */
export async function loadAverage(): Promise<machine.LoadAvgResponse.$Properties> {
  return { messages: [await readLoadAverage()] };
}
