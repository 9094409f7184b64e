import { chown, mkdir, readdir } from "node:fs/promises";
import { codeOf } from "../../errors/message.ts";

export const etcdDataDirectory = "/var/lib/etcd";
/** Where a snapshot that was uploaded waits for the bootstrap call. */
export const etcdSnapshotFile = "/var/lib/etcd.snapshot";
/** User and group that etcd runs as. */
export const etcdUser = 60;

/** Makes the directory of etcd's data, which nobody else may look into. */
export async function makeEtcdData(directory = etcdDataDirectory): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chown(directory, etcdUser, etcdUser);
}

/** This machine is a member of a cluster, or was about to become one. */
export async function hasEtcdData(directory = etcdDataDirectory): Promise<boolean> {
  try {
    return (await readdir(directory)).length > 0;
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return false;
    throw thrown;
  }
}
