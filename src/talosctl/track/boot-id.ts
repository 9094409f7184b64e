import type { Client } from "../client/client.ts";

/** A new random text at every boot, random(4). */
const path = "/proc/sys/kernel/random/boot_id";
const answerTimeoutMs = 10_000;

/** Which boot a node is in. @throws when it does not answer, or does not let us read. */
export async function readBootId(client: Client, node: string, signal: AbortSignal): Promise<string> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]);
  let text = "";
  for await (const { bytes } of client.streamAt(node, "machine.MachineService/Read", { path }, { signal: limit })) {
    text += Buffer.from(bytes).toString("utf8");
  }
  return text.trim();
}
