import { readdir, readFile, readlink } from "node:fs/promises";
import { parseProcessStat } from "./process-stat.ts";

/** A process that holds a socket. */
export interface SocketOwner {
  readonly pid: number;
  readonly name: string;
}

/**
 * Who holds each socket, by the socket's inode; the first process where several do. Processes are looked at one after
 * another: a machine has thousands of descriptors, and other work.
 */
export async function readSocketOwners(root = "/proc"): Promise<ReadonlyMap<number, SocketOwner>> {
  const owners = new Map<number, SocketOwner>();
  for (const pid of (await readdir(root)).filter((name) => /^\d+$/.test(name))) {
    const inodes = await socketsOf(`${root}/${pid}/fd`);
    if (inodes.length === 0) continue;
    const stat = parseProcessStat(await readFile(`${root}/${pid}/stat`, "utf8").catch(() => ""));
    for (const inode of inodes) {
      owners.getOrInsertComputed(inode, () => ({ pid: Number(pid), name: stat?.command ?? "" }));
    }
  }
  return owners;
}

/** Inodes of the sockets among a process's descriptors. What is gone by now is left out. */
async function socketsOf(directory: string): Promise<number[]> {
  const descriptors = await readdir(directory).catch(() => []);
  const targets = await Promise.all(descriptors.map((name) => readlink(`${directory}/${name}`).catch(() => "")));
  return targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []).map(Number);
}
