import { defineController } from "../../../cosi/controller.ts";
import type { Resource } from "../../../cosi/resource.ts";
import { type FileSystemSpace, statfs } from "../../../linux/statfs.ts";
import { KubeletSpec } from "../../../resources/k8s/kubelet-spec.ts";
import { Diagnostic } from "../../../resources/runtime/diagnostic.ts";
import { Service } from "../../../resources/v1alpha1/service.ts";
import { type Shortage, type Space, shortageOf } from "./disk-needs.ts";

export interface DiskSpaceOptions {
  /** What services keep their data on. */
  readonly path?: string;
  readonly space?: (path: string) => Space & Pick<FileSystemSpace, "type">;
  /** How soon one looks again whether a full disk has space. */
  readonly againMs?: number;
  /** How soon one looks again at a disk that has space. */
  readonly seldomMs?: number;
}

const id = "disk-full";
/** Magic number of the image's file system, which is all there is before the disk is mounted, and always full. */
const squashfs = 0x73717368;

/**
 * Says that the disk is full, or that a kubelet has too little of it. Nothing tells of a disk that fills up: it is looked
 * at once a minute, and whenever a service goes down, which may be why. What runs goes on for a while on a full disk, and
 * so does a node that is ready and takes no pods.
 */
export const diskSpaceController = (options: DiskSpaceOptions = {}) => {
  const { path = "/var", space: look = statfs, againMs = 10_000, seldomMs = 60_000 } = options;
  let shortage: Shortage | undefined;
  return defineController({
    name: "runtime.DiskSpaceController",
    inputs: [
      { kind: Service, strength: "weak" },
      { kind: KubeletSpec, id: "kubelet", strength: "weak" },
    ],
    outputs: [{ kind: Diagnostic, sharing: "shared" }],
    async reconcile(context) {
      const services = await context.list(Service);
      const space = look(path);
      const runs = (name: string) => services.some(({ metadata, spec }) => metadata.id === name && spec.running);
      const kubelet = runs("kubelet") ? ((await context.get(KubeletSpec, "kubelet"))?.spec.config ?? {}) : undefined;
      const isMounted = space.type !== squashfs && services.length > 0;
      // One that waits for space to start does not run.
      const etcd = services.some(({ metadata }) => metadata.id === "etcd");
      shortage = isMounted ? shortageOf(space, { etcd, kubelet }, shortage) : undefined;
      context.requeueAfter(shortage === undefined ? seldomMs : againMs);
      if (shortage === undefined) return context.destroy(Diagnostic, id);
      await context.put(Diagnostic, id, tell(path, space, shortage, kubelet !== undefined, services));
    },
  });
};

function tell(
  path: string,
  { availableBytes, freeFiles, files }: Space,
  shortage: Shortage,
  hasKubelet: boolean,
  services: readonly Resource<Service>[],
): Diagnostic {
  const hasFiles = freeFiles > 0 || files === 0;
  const down = services.filter(({ spec }) => !spec.healthy).map(({ metadata }) => metadata.id);
  return {
    message: `the disk is ${shortage === "full" ? "" : "nearly "}full: ${path}`,
    details: [
      hasFiles ? `${Math.floor(availableBytes / 2 ** 20)} MiB are left` : "it can take no more files",
      ...(hasKubelet ? ["the kubelet takes no new pods, and ends some that it has"] : []),
      ...(down.length > 0 ? [`not well: ${down.toSorted().join(", ")}`] : []),
      `talosctl usage ${path} shows what takes the space; what stopped for want of it starts again by itself`,
    ],
  };
}
