/**
 * Where the runtime finds the spawner's Worker. In a compiled binary the bundle's files lie under a virtual root, and
 * a Worker is named by its path from there, as listed among the entry points (see README.md).
 */
export function workerLocation(): string {
  return isCompiled() ? "./linux/spawner/worker.ts" : new URL("./worker.ts", import.meta.url).href;
}

const isCompiled = () => import.meta.url.includes("/$bunfs/");
