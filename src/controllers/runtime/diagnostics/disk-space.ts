import { defineController } from "../../../cosi/controller.ts";
import { type FileSystemSpace, statfs } from "../../../linux/statfs.ts";
import { Diagnostic } from "../../../resources/runtime/diagnostic.ts";
import { Service } from "../../../resources/v1alpha1/service.ts";

export interface DiskSpaceOptions {
  /** What services keep their data on. */
  readonly path?: string;
  readonly space?: (path: string) => Pick<FileSystemSpace, "type" | "availableBytes" | "freeFiles" | "files">;
  /** How soon one looks again whether a full disk has space. */
  readonly againMs?: number;
}

const id = "disk-full";
/** What etcd sets aside for the next piece of its log: with less, it stops. */
const leastBytes = 64 << 20;
/** Magic number of the image's file system, which is all there is before the disk is mounted, and always full. */
const squashfs = 0x73717368;

/**
 * Says that the disk is full, when it is. Nothing tells of a disk that fills up, and looking all the time would cost
 * more than it brings: what cannot write goes down, which is the moment to look, and from then on until there is space.
 */
export const diskSpaceController = ({ path = "/var", space = statfs, againMs = 10_000 }: DiskSpaceOptions = {}) =>
  defineController({
    name: "runtime.DiskSpaceController",
    inputs: [{ kind: Service, strength: "weak" }],
    outputs: [{ kind: Diagnostic, sharing: "shared" }],
    async reconcile(context) {
      const services = await context.list(Service);
      const down = services.filter(({ spec }) => !spec.healthy).map(({ metadata }) => metadata.id);
      const isKnown = (await context.get(Diagnostic, id)) !== undefined;
      if (down.length === 0 && !isKnown) return;
      const { type, availableBytes, freeFiles, files } = space(path);
      if (type === squashfs) return;
      const hasFiles = freeFiles > 0 || files === 0;
      if (availableBytes >= leastBytes && hasFiles) return context.destroy(Diagnostic, id);
      const left = hasFiles ? `${Math.floor(availableBytes / 2 ** 20)} MiB are left` : "it can take no more files";
      await context.put(Diagnostic, id, {
        message: `the disk is full: ${path}`,
        details: [
          left,
          ...(down.length > 0 ? [`not well: ${down.toSorted().join(", ")}`] : []),
          `talosctl usage ${path} shows what takes the space; what stopped for want of it starts again by itself`,
        ],
      });
      context.requeueAfter(againMs);
    },
  });
