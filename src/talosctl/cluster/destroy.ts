import { readdir, rm } from "node:fs/promises";
import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";
import { clean } from "./clean.ts";
import { clusterDirectory } from "./directory.ts";
import { stop } from "./host-process.ts";
import { lockCluster } from "./lock.ts";
import type { Progress } from "./progress.ts";
import { type ClusterState, readState } from "./state.ts";

export interface DestroyOptions {
  readonly name: string;
  readonly stateRoot: string;
  /** Removes the files even when the state cannot be read: processes may stay. */
  readonly force: boolean;
}

/**
 * Stops what belongs to a cluster and removes its directory, disks and secrets with it.
 * @returns false when there is no such cluster.
 */
export async function destroyCluster({ name, stateRoot, force }: DestroyOptions, progress: Progress): Promise<boolean> {
  const directory = clusterDirectory(stateRoot, name);
  if ((await readdir(directory.path).catch(() => undefined)) === undefined) return false;
  await using _lock = await lockCluster(directory);
  const state = await readState(directory.state).catch((error) => {
    if (!force) throw error;
    progress.say(`  ${messageOf(error)}; its processes, if any, are not stopped`);
    return undefined;
  });
  if (state !== undefined) await progress.step(`Stopping cluster "${name}"`, () => stopAll(state));
  await progress.step(`Removing ${directory.path}`, () => rm(directory.path, { recursive: true, force: true }));
  return true;
}

async function stopAll(state: ClusterState): Promise<void> {
  const processes = [...state.nodes.map(({ process }) => process), ...(state.server ? [state.server.process] : [])];
  const outcomes = await Promise.allSettled(processes.map((recorded) => stop(recorded)));
  await clean(state.cleanup ?? []);
  const failed = outcomes.filter((outcome) => outcome.status === "rejected");
  if (failed.length > 0) {
    throw new Failure(`Cannot stop cluster "${state.name}"`, { cause: failed[0]?.reason });
  }
}
