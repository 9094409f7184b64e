import { readdir, stat } from "node:fs/promises";

/** Where networks are kept under names: those of pods among them, ip-netns(8). */
export const namedNetworks = "/run/netns";

/**
 * A process in each network that has a name, by that name: through it a network can be looked into from outside. A
 * network without processes is left out, for nobody is there to hold a socket.
 */
export async function readNetworkNamespaces(
  directory = namedNetworks,
  root = "/proc",
): Promise<ReadonlyMap<string, number>> {
  const names = await readdir(directory).catch(() => []);
  if (names.length === 0) return new Map();
  const pids = (await readdir(root)).filter((name) => /^\d+$/.test(name));
  const pidOf = new Map<number, number>();
  for (const pid of pids) {
    const inode = await inodeOf(`${root}/${pid}/ns/net`);
    if (inode !== undefined) pidOf.set(inode, Number(pid));
  }
  const found = new Map<string, number>();
  for (const name of names.toSorted()) {
    const pid = pidOf.get((await inodeOf(`${directory}/${name}`)) ?? 0);
    if (pid !== undefined) found.set(name, pid);
  }
  return found;
}

const inodeOf = async (path: string): Promise<number | undefined> => (await stat(path).catch(() => undefined))?.ino;
