import { chown, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "../../errors/message.ts";

/** Where a member keeps what it must not lose, and what it proves itself by. */
export interface EtcdPlace {
  readonly data: string;
  readonly secrets: string;
}

export const etcdPlace: EtcdPlace = { data: "/var/lib/etcd", secrets: "/system/secrets/etcd" };

/** User and group that etcd runs as. */
export const etcdUser = 60;

/** Where a snapshot that was uploaded waits for the bootstrap call. */
export const snapshotOf = ({ data }: EtcdPlace): string => `${data}.snapshot`;

/** Makes the directory of etcd's data, which nobody else may look into. */
export async function makeEtcdData(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chown(directory, etcdUser, etcdUser);
}

/**
 * This machine is a member of a cluster. What tells is the log that etcd writes ahead: it comes into being whole, and
 * last; without it, the rest is what a start has left that did not get far.
 */
export async function hasEtcdData({ data }: EtcdPlace): Promise<boolean> {
  try {
    return (await readdir(join(data, "member/wal"))).some((name) => name.endsWith(".wal"));
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return false;
    throw thrown;
  }
}
