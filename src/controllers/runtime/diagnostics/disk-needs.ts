import { bytesOf } from "../../../config/quantity.ts";
import type { FileSystemSpace } from "../../../linux/statfs.ts";
import type { Document } from "../../../resources/fields/struct.ts";

export type Space = Pick<FileSystemSpace, "sizeBytes" | "availableBytes" | "freeFiles" | "files">;

/** Who keeps data on a disk, and so how much of it has to be free. */
export interface DiskUsers {
  readonly etcd: boolean;
  /** Its configuration; undefined where no kubelet runs. */
  readonly kubelet: Document | undefined;
}

/** What etcd sets aside for the next piece of its log: with less, it stops. */
const etcdBytes = 64 << 20;
/** For logs, certificates and images without etcd; on a small disk a part of it, or it would never be right. */
const anyBytes = 64 << 20;
const anyPart = 0.02;

/** What kubelets hold to unless told otherwise. Images are on the same disk: the larger of the two is what counts. */
const usualEviction: Document = {
  ...{ "nodefs.available": "10%", "imagefs.available": "15%" },
  ...{ "nodefs.inodesFree": "5%", "imagefs.inodesFree": "5%" },
};

/** What was short a moment ago is enough only with this much more: pods that come and go are no news each time. */
const margin = 1.05;

/**
 * Whether there is too little left: `full` for what runs already, `pressed` for pods only, which the kubelet refuses
 * and ends then.
 * @param before what it was when looked at last
 */
export function shortageOf(space: Space, users: DiskUsers, before?: Shortage): Shortage | undefined {
  const { sizeBytes, availableBytes, freeFiles, files } = space;
  const bytesAreShort = (needed: number, wasShort: boolean) => availableBytes < (wasShort ? needed * margin : needed);
  // Some file systems have no number of files that ends.
  const filesAreShort = (needed: number) => files > 0 && freeFiles < needed;
  const running = users.etcd ? etcdBytes : Math.min(anyBytes, sizeBytes * anyPart);
  if (filesAreShort(1) || bytesAreShort(running, before === "full")) return "full";
  if (users.kubelet === undefined) return undefined;
  const { bytes, files: nodes } = evictionOf(users.kubelet, space);
  return filesAreShort(nodes) || bytesAreShort(bytes, before !== undefined) ? "pressed" : undefined;
}

export type Shortage = "full" | "pressed";

/** Below these the kubelet ends pods; 0 where it does not. */
function evictionOf(
  kubelet: Document,
  { sizeBytes, files }: Space,
): { readonly bytes: number; readonly files: number } {
  const wanted = kubelet.evictionHard;
  const own =
    typeof wanted === "object" && wanted !== null && !Array.isArray(wanted) ? (wanted as Document) : undefined;
  // Whoever says one threshold says all, unless they ask for the others.
  const merges = own === undefined || kubelet.mergeDefaultEvictionSettings === true;
  const thresholds = { ...(merges ? usualEviction : {}), ...own };
  const most = (what: string, whole: number) =>
    Math.max(...["nodefs", "imagefs"].map((where) => amountOf(thresholds[`${where}.${what}`], whole)));
  return { bytes: most("available", sizeBytes), files: most("inodesFree", files) };
}

/** `10%` of the whole, or a quantity; 0 for what is neither, which the kubelet itself refuses. */
function amountOf(threshold: unknown, whole: number): number {
  const text = String(threshold ?? "");
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  return percent === undefined ? (bytesOf(text) ?? 0) : (whole * Math.min(100, Number(percent))) / 100;
}
