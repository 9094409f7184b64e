import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Failure } from "../../errors/failure.ts";
import { SnapshotCheck } from "../../etcd/snapshot-check.ts";
import type { Client } from "../client/client.ts";

const chunkBytes = 32 * 1024 - 64;

/**
 * Checks a snapshot of etcd, then sends it to the one machine.
 * @returns its length.
 * @throws Failure when it cannot be read or is broken; nothing is sent then.
 */
export async function uploadSnapshot(client: Client, path: string, skipHashCheck: boolean): Promise<number> {
  const bytes = await checkedLength(path, skipHashCheck);
  await client.upload("machine.MachineService/EtcdRecover", chunksOf(path));
  return bytes;
}

async function checkedLength(path: string, skipHashCheck: boolean): Promise<number> {
  const check = new SnapshotCheck();
  try {
    if (skipHashCheck) return (await stat(path)).size;
    for await (const { bytes } of chunksOf(path)) check.push(bytes);
  } catch (cause) {
    throw new Failure(`Cannot read "${path}"`, { cause });
  }
  const problem = check.problem();
  if (problem === undefined) return check.bytes;
  throw new Failure(`Cannot recover from "${path}": ${problem}`, {
    hint: "A copy of a member's database file has no hash: --recover-skip-hash-check",
  });
}

async function* chunksOf(path: string): AsyncGenerator<{ bytes: Uint8Array }> {
  const chunks: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: chunkBytes });
  for await (const bytes of chunks) yield { bytes };
}
