import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { codeOf } from "../../../errors/message.ts";
import type { Call } from "../../../grpc/call.ts";
import { Code, StatusError } from "../../../grpc/status.ts";
import type { common, machine } from "../../../proto/index.ts";
import { etcdPlace, snapshotOf } from "../../etcd/place.ts";
import { type EtcdHost, refuseOnWorker } from "./local.ts";

/** Twice what etcd's makers advise against. */
const longestBytes = 16 * 2 ** 30;

/** MachineService/EtcdRecover: takes a snapshot, from which Bootstrap then makes a cluster. It is kept whole or not at all. */
export async function etcdRecover(
  { state }: EtcdHost,
  requests: AsyncIterable<common.Data>,
  _?: Call,
  place = etcdPlace,
): Promise<machine.EtcdRecoverResponse.$Properties> {
  await refuseOnWorker(state, "etcd recover");
  const snapshot = snapshotOf(place);
  const part = `${snapshot}.part`;
  const file = await openNew(part);
  try {
    let bytes = 0;
    for await (const data of requests) {
      bytes += data.bytes.length;
      if (bytes > longestBytes) throw new StatusError(Code.resourceExhausted, "the snapshot is longer than 16 GiB");
      await file.writeFile(data.bytes);
    }
    await file.sync();
    await rename(part, snapshot);
  } finally {
    await file.close();
    await rm(part, { force: true });
  }
  return { messages: [{}] };
}

async function openNew(path: string): Promise<FileHandle> {
  try {
    return await open(path, "w", 0o600);
  } catch (thrown) {
    if (codeOf(thrown) !== "ENOENT") throw thrown;
    throw new StatusError(Code.failedPrecondition, "etcd service is not ready for recovery yet");
  }
}
