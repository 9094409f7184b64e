import { readdir, stat } from "node:fs/promises";

/** Where containerd keeps the networks of pods, under names. */
export const namedNetworks = "/var/run/netns";

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
  const pidOf = new Map<string, number>();
  for (const pid of pids) {
    const network = await identityOf(`${root}/${pid}/ns/net`);
    if (network !== undefined) pidOf.set(network, Number(pid));
  }
  const found = new Map<string, number>();
  for (const name of names.toSorted()) {
    const pid = pidOf.get((await identityOf(`${directory}/${name}`)) ?? "");
    if (pid !== undefined) found.set(name, pid);
  }
  return found;
}

/** A file that has lost its network, as after a reboot, is one of another file system. */
async function identityOf(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && `${found.dev}:${found.ino}`;
}
