import { readMeminfo } from "../../../linux/proc/meminfo.ts";
import type { machine } from "../../../proto/index.ts";

/** MachineService/Memory: /proc/meminfo in kibibytes. The API's field names are the kernel's without punctuation. */
export async function memory(): Promise<machine.MemoryResponse.$Properties> {
  return { messages: [{ meminfo: await readMeminfo() }] };
}
