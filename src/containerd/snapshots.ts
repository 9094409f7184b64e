import { containerd, google } from "../proto/containerd.ts";
import { type Calls, methodsOf } from "./calls.ts";
import { orUndefinedWhenNotFound } from "./missing.ts";

const v1 = containerd.services.snapshots.v1;
const method = methodsOf("containerd.services.snapshots.v1.Snapshots");
const prepare = method("Prepare", v1.PrepareSnapshotRequest, v1.PrepareSnapshotResponse);
const remove = method("Remove", v1.RemoveSnapshotRequest, google.protobuf.Empty);
const stat = method("Stat", v1.StatSnapshotRequest, v1.StatSnapshotResponse);

/** How to mount a snapshot; passed from one call of containerd to another. */
export type SnapshotMount = containerd.types.Mount;

/** File trees in layers. All methods are for one snapshotter. */
export interface Snapshots {
  /** Its name, such as `overlayfs`. */
  readonly snapshotter: string;
  /** Whether a layer (by name) or a writable snapshot (by key) is there. */
  exists(name: string): Promise<boolean>;
  /** Makes a writable snapshot on top of a layer, or an empty one. @throws StatusError alreadyExists */
  prepare(key: string, parent: string | undefined, labels?: Readonly<Record<string, string>>): Promise<SnapshotMount[]>;
  /** A missing snapshot is fine. */
  remove(key: string): Promise<void>;
}

export const snapshotsOf = (calls: Calls, snapshotter = "overlayfs"): Snapshots => ({
  snapshotter,
  exists: async (key) => (await orUndefinedWhenNotFound(calls.unary(stat, { snapshotter, key }))) !== undefined,
  prepare: async (key, parent, labels = {}) =>
    (await calls.unary(prepare, { snapshotter, key, parent: parent ?? "", labels })).mounts,
  remove: async (key) => {
    await orUndefinedWhenNotFound(calls.unary(remove, { snapshotter, key }));
  },
});
