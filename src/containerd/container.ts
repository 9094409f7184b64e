import type { ContainerdNamespace } from "./client.ts";
import type { PulledImage } from "./pull/pull.ts";
import type { RuntimeSpec } from "./spec/runtime-spec.ts";

export interface ContainerOptions {
  readonly id: string;
  readonly image: PulledImage;
  readonly spec: RuntimeSpec;
  /** Named pipe, or `file://` URI, for what the container writes to stdout and stderr. */
  readonly output: string;
  readonly signal?: AbortSignal;
}

const SIGKILL = 9;
/** A killed process is gone at once; its shim takes a moment to say so. */
const killedWithinMs = 30_000;

/**
 * Makes a container with a fresh file system and its first process, which waits to be started.
 * @returns pid of that process
 */
export async function createContainer(containerd: ContainerdNamespace, options: ContainerOptions): Promise<number> {
  const { id, image, spec, output, signal } = options;
  const { snapshots, containers, tasks } = containerd;
  const stop = signal === undefined ? {} : { signal };
  // Until the container refers to it, only the label keeps the snapshot from the garbage collector.
  const mounts = await snapshots.prepare(id, image.topLayer, { "containerd.io/gc.root": new Date().toISOString() });
  const snapshot = { snapshotter: snapshots.snapshotter, snapshotKey: id };
  await containers.create({ id, image: image.name, ...snapshot, spec });
  return tasks.create({ containerId: id, mounts, stdout: output, stderr: output }, stop);
}

/** Removes whatever there is of a container, running or not, its file system included. */
export async function removeContainer(containerd: ContainerdNamespace, id: string): Promise<void> {
  const { snapshots, containers, tasks } = containerd;
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
  await snapshots.remove(id);
}
