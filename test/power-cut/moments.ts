import { readFileSync } from "node:fs";
import { join } from "node:path";
import { withMounted } from "./mounted-image.ts";
import { Replay, type ReplayOptions } from "./replay.ts";

/** A config that was confirmed when the log had this size. */
export interface SavedConfig {
  readonly text: string;
  readonly position: number;
}

export interface MomentsOptions extends Omit<ReplayOptions, "scratch"> {
  /** For images. */
  readonly directory: string;
  /** One moment in so many is tried. Default: each. */
  readonly step?: number;
}

/**
 * Cuts the power at the moments after the first config was confirmed, and reads what the machine would find.
 * @returns how many moments were tried.
 * @throws when it is neither the last one that was confirmed nor the one after it, whole.
 */
export async function tryMoments(saved: readonly SavedConfig[], options: MomentsOptions): Promise<number> {
  const { directory, step = 1 } = options;
  using replay = new Replay({ ...options, scratch: join(directory, "moment") });
  const { requests } = replay;
  const mountPoint = join(directory, "moment.mounted");
  const first = requests.findIndex(({ endOffset }) => endOffset >= (saved[0]?.position ?? 0)) + 1;
  let tried = 0;
  for (let count = first; count <= requests.length; count += step) {
    const found = await withMounted(replay.cutAfter(count), mountPoint, () =>
      readFileSync(join(mountPoint, "config.yaml"), "utf8"),
    );
    const position = requests[count - 1]?.endOffset ?? 0;
    const confirmed = saved.findLastIndex((one) => one.position <= position);
    const allowed = saved.slice(confirmed, confirmed + 2).map(({ text }) => text);
    if (!allowed.includes(found)) {
      throw new Error(`request ${count}, ${confirmed} confirmed: ${found.length} bytes are neither old nor new`);
    }
    tried += 1;
  }
  return tried;
}
