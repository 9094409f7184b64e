import { defineController } from "../../../cosi/controller.ts";
import type { Resource } from "../../../cosi/resource.ts";
import { type FileSystemSpace, statfs } from "../../../linux/statfs.ts";
import { Diagnostic } from "../../../resources/runtime/diagnostic.ts";
import { Service } from "../../../resources/v1alpha1/service.ts";

export interface DiskSpaceOptions {
  /** What services keep their data on. */
  readonly path?: string;
  readonly space?: (path: string) => Space;
  /** How soon one looks again whether a full disk has space. */
  readonly againMs?: number;
  /** How soon one looks again at a disk that has space. */
  readonly seldomMs?: number;
}

type Space = Pick<FileSystemSpace, "type" | "sizeBytes" | "availableBytes" | "freeFiles" | "files">;

const id = "disk-full";
/** What etcd sets aside for the next piece of its log: with less, it stops. */
const leastBytes = 64 << 20;
/** Magic number of the image's file system, which is all there is before the disk is mounted, and always full. */
const squashfs = 0x73717368;

/** Part of the disk below which a kubelet has too little, unless its `evictionHard` says otherwise. */
const kubeletsPart = 0.1;

/**
 * Says that the disk is full, or that a kubelet has too little of it. Nothing tells of a disk that fills up: it is looked
 * at once a minute, and whenever a service goes down, which may be why. What runs goes on for a while on a full disk, and
 * so does a node that is ready and takes no pods.
 */
export const diskSpaceController = (options: DiskSpaceOptions = {}) => {
  const { path = "/var", space = statfs, againMs = 10_000, seldomMs = 60_000 } = options;
  return defineController({
    name: "runtime.DiskSpaceController",
    inputs: [{ kind: Service, strength: "weak" }],
    outputs: [{ kind: Diagnostic, sharing: "shared" }],
    async reconcile(context) {
      const services = await context.list(Service);
      const found = services.length === 0 ? undefined : shortage(path, space(path), services);
      context.requeueAfter(found === undefined ? seldomMs : againMs);
      if (found === undefined) return context.destroy(Diagnostic, id);
      await context.put(Diagnostic, id, found);
    },
  });
};

function shortage(path: string, space: Space, services: readonly Resource<Service>[]): Diagnostic | undefined {
  const { type, sizeBytes, availableBytes, freeFiles, files } = space;
  if (type === squashfs) return undefined;
  const hasFiles = freeFiles > 0 || files === 0;
  const isFull = availableBytes < leastBytes || !hasFiles;
  const hasKubelet = services.some(({ metadata, spec }) => metadata.id === "kubelet" && spec.running);
  if (!isFull && !(hasKubelet && availableBytes < sizeBytes * kubeletsPart)) return undefined;
  const down = services.filter(({ spec }) => !spec.healthy).map(({ metadata }) => metadata.id);
  return {
    message: `the disk is ${isFull ? "" : "nearly "}full: ${path}`,
    details: [
      hasFiles ? `${Math.floor(availableBytes / 2 ** 20)} MiB are left` : "it can take no more files",
      ...(hasKubelet ? ["the kubelet takes no new pods, and ends some that it has"] : []),
      ...(down.length > 0 ? [`not well: ${down.toSorted().join(", ")}`] : []),
      `talosctl usage ${path} shows what takes the space; what stopped for want of it starts again by itself`,
    ],
  };
}
