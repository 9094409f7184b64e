import { facilityName, priorityName } from "../../../kmsg/names.ts";
import { type KernelLogOptions, readKernelLog } from "../../../kmsg/reader.ts";
import type { KmsgRecord } from "../../../kmsg/record.ts";
import { bootMs } from "../../../linux/clock.ts";
import type { common, machine } from "../../../proto/index.ts";

/** MachineService/Dmesg: the kernel's log, one message a line. `tail` asks for new messages only. */
export async function* dmesg(
  { follow, tail }: machine.DmesgRequest,
  { signal }: { readonly signal: AbortSignal },
): AsyncGenerator<common.Data.$Properties> {
  const options: KernelLogOptions = { follow, tail, signal };
  for await (const record of readKernelLog(options)) yield { bytes: Buffer.from(formatRecord(record, bootTimeMs())) };
}

/** Records count from boot; the wall clock may have been set since, so the moment of boot is asked for each time. */
const bootTimeMs = (): number => Date.now() - bootMs();

/** `kern:    info: [2026-01-02T15:04:05.000006Z]: text`, with the line break that clients leave to us. */
export function formatRecord({ facility, priority, timestamp, text }: KmsgRecord, bootTime: number): string {
  const microseconds = Math.round(bootTime * 1_000) + timestamp;
  const at = new Date(Math.floor(microseconds / 1_000)).toISOString().slice(0, 20);
  const fraction = (microseconds % 1_000_000).toString().padStart(6, "0").replace(/0+$/, "");
  const time = fraction === "" ? `${at.slice(0, 19)}Z` : `${at}${fraction}Z`;
  return `${facilityName(facility)}: ${priorityName(priority).padStart(7)}: [${time}]: ${text}\n`;
}
