import { type Containerd, kubernetesNamespace, systemNamespace } from "./client.ts";
import type { UnpackedImage } from "./image/find-image.ts";
import type { RuntimeSpec } from "./spec/runtime-spec.ts";

export interface ContainerOptions {
  readonly id: string;
  readonly image: UnpackedImage;
  readonly spec: RuntimeSpec;
  /** Named pipe, or `file://` URI, for what the container writes to stdout and stderr. */
  readonly output: string;
  readonly signal?: AbortSignal;
}

/** Pods' containers have hashes for names. */
const snapshotKey = (id: string): string => `machined-${id}`;
const SIGKILL = 9;
/** A killed process is gone at once; its shim takes a moment to say so. */
const killedWithinMs = 30_000;

/** Pulled images are in the pods' namespace, and a snapshot must be where its layers are. */
const partsOf = (containerd: Containerd) => {
  const { containers, tasks } = containerd.in(systemNamespace);
  return { containers, tasks, snapshots: containerd.in(kubernetesNamespace).snapshots };
};

/**
 * Makes a container with a fresh file system and its first process, which waits to be started.
 * @returns pid of that process
 */
export async function createContainer(containerd: Containerd, options: ContainerOptions): Promise<number> {
  const { id, image, spec, output, signal } = options;
  const { snapshots, containers, tasks } = partsOf(containerd);
  const stop = signal === undefined ? {} : { signal };
  // No container of that namespace refers to it, so only the label keeps it from the garbage collector.
  const mounts = await snapshots.prepare(snapshotKey(id), image.topLayer, {
    "containerd.io/gc.root": new Date().toISOString(),
  });
  await containers.create({ id, image: image.name, spec });
  return tasks.create({ containerId: id, mounts, stdout: output, stderr: output }, stop);
}

/** Removes whatever there is of a container, running or not, its file system included. */
export async function removeContainer(containerd: Containerd, id: string): Promise<void> {
  const { snapshots, containers, tasks } = partsOf(containerd);
  const task = await tasks.get(id);
  if (task !== undefined) {
    if (task.status !== "stopped") {
      const ended = tasks.wait(id, AbortSignal.timeout(killedWithinMs));
      // Waited for below; a failed kill is told first.
      ended.catch(() => {});
      await tasks.kill(id, SIGKILL, { all: true });
      await ended;
    }
    await tasks.delete(id);
  }
  await containers.delete(id);
  await snapshots.remove(snapshotKey(id));
}
