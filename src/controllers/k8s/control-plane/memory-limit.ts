import { bytesOf } from "../../../config/quantity.ts";

/** Go's own limit, a little below that of the pod: it collects garbage harder before the kernel kills it. */
export function goMemoryLimit(limit: string | undefined): string | undefined {
  const bytes = limit === undefined ? undefined : bytesOf(limit);
  return bytes === undefined || bytes <= 0 ? undefined : String(Math.floor((bytes * 95) / 100));
}
