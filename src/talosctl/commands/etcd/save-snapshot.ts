import { open, rename, rm } from "node:fs/promises";
import { Failure } from "../../../errors/failure.ts";
import { SnapshotCheck } from "../../../etcd/snapshot-check.ts";

type Reply = { readonly message: { readonly bytes: Uint8Array } };

/**
 * Writes a snapshot beside its place, checks it, and moves it there.
 * @returns its length; undefined when no node sent one, which is reported elsewhere.
 * @throws Failure when it is broken or cannot be written; what was there before is there still.
 */
export async function saveSnapshot(path: string, replies: AsyncIterable<Reply>): Promise<number | undefined> {
  const part = `${path}.part`;
  const check = new SnapshotCheck();
  const file = await open(part, "w", 0o600).catch((cause) => {
    throw new Failure(`Cannot write "${part}"`, { cause });
  });
  try {
    for await (const { message } of replies) {
      check.push(message.bytes);
      await file.writeFile(message.bytes);
    }
    if (check.bytes === 0) return undefined;
    const problem = check.problem();
    if (problem !== undefined) throw new Failure(`Cannot save the snapshot of etcd: ${problem}`);
    await file.sync();
    await rename(part, path);
    return check.bytes;
  } finally {
    await file.close();
    await rm(part, { force: true });
  }
}
