import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { durableWrite } from "../../../files/durable-write.ts";
import { readIfPresent } from "../../../files/read-if-present.ts";

/** The config that an earlier boot has saved. */
export interface SavedConfig {
  /** As problems name it. */
  readonly place: string;
  /** Its text; undefined when nothing is saved. @throws when STATE is there, and cannot be opened or read */
  read(signal: AbortSignal): Promise<string | undefined>;
  /** Keeps a config that is of no use where the next one will not replace it; returns where. */
  keepRejected(text: string): Promise<string>;
}

/** @param openState Mounts STATE, where there is one; resolves when reading makes sense. */
export const savedConfig = (
  openState: (signal: AbortSignal) => Promise<unknown>,
  path = "/system/state/config.yaml",
): SavedConfig => ({
  place: path,
  async read(signal) {
    await openState(signal);
    return await readIfPresent(path);
  },
  async keepRejected(text) {
    // By content: a machine that reboots ten times keeps one copy, not ten.
    const digest = createHash("sha256").update(text).digest("hex").slice(0, 8);
    const kept = join(dirname(path), `config.rejected-${digest}.yaml`);
    if ((await readIfPresent(kept)) === undefined) await durableWrite(kept, text);
    return kept;
  },
});
