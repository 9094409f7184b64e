import { containerd } from "../proto/containerd.ts";
import { type CallOptions, type Calls, methodsOf } from "./calls.ts";
import { type Descriptor, decodeDescriptor, encodeDescriptor } from "./descriptor.ts";
import type { SnapshotMount } from "./snapshots.ts";

const v1 = containerd.services.diff.v1;
const apply = methodsOf("containerd.services.diff.v1.Diff")("Apply", v1.ApplyRequest, v1.ApplyResponse);

/** A large layer on a slow disk takes minutes. */
const applyTimeoutMs = 20 * 60_000;

export interface Diff {
  /**
   * Unpacks a layer from the content store into a snapshot.
   * @returns what was applied: the digest of the uncompressed archive
   */
  apply(layer: Descriptor, mounts: readonly SnapshotMount[], options?: CallOptions): Promise<Descriptor>;
}

export const diffOf = (calls: Calls): Diff => ({
  apply: async (layer, mounts, options = {}) => {
    const request = { diff: encodeDescriptor(layer), mounts: [...mounts] };
    return decodeDescriptor((await calls.unary(apply, request, { timeoutMs: applyTimeoutMs, ...options })).applied);
  },
});
