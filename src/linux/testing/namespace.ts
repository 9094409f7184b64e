import { close, open } from "../file-descriptor.ts";
import { MountFlag, mount } from "../mount.ts";
import { CloneFlag, joinNamespace, unshare } from "../namespace.ts";

/**
 * Runs a test in namespaces of its own and comes back. Namespaces belong to the thread: sockets opened and processes
 * spawned here are inside, what Bun does on other threads (fetch, asynchronous files) is not.
 */
async function within<T>(flag: number, file: string, body: () => T | Promise<T>): Promise<T> {
  const original = open(`/proc/thread-self/ns/${file}`);
  try {
    unshare(flag);
    return await body();
  } finally {
    // A thread started meanwhile shares our view of the file system, and the kernel moves nobody who shares it.
    unshare(CloneFlag.fs);
    joinNamespace(original);
    close(original);
  }
}

/** An empty network: only a loopback that is down. */
export const inNetworkNamespace = <T>(body: () => T | Promise<T>): Promise<T> => within(CloneFlag.newNet, "net", body);

/** Mounts that nobody else sees, gone at the end. */
export const inMountNamespace = <T>(body: () => T | Promise<T>): Promise<T> =>
  within(CloneFlag.newMount, "mnt", () => {
    mount({ source: "none", target: "/", flags: MountFlag.private | MountFlag.recursive });
    return body();
  });

/** A host name of its own. */
export const inUtsNamespace = <T>(body: () => T | Promise<T>): Promise<T> => within(CloneFlag.newUts, "uts", body);
