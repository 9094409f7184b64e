import { defineController } from "../../../cosi/controller.ts";
import { messageOf } from "../../../errors/message.ts";
import { readIfPresent } from "../../../files/read-if-present.ts";
import { readNetworkText } from "../../../platform/network-text.ts";
import { PlatformConfig } from "../../../resources/network/platform-config.ts";
import { cachePath } from "./cache-path.ts";
import { cachedId } from "./platform-config-id.ts";

export interface PlatformConfigLoadOptions {
  /** Resolves when it is known whether this machine has a STATE volume; it is mounted then. */
  readonly openState: (signal: AbortSignal) => Promise<unknown>;
  readonly path?: string;
}

/** Shows what the platform said at an earlier boot: the network may be needed to ask it again. */
export function platformConfigLoadController({ openState, path = cachePath }: PlatformConfigLoadOptions) {
  let loaded: PlatformConfig | undefined;
  let isRead = false;
  return defineController({
    name: "network.PlatformConfigLoadController",
    inputs: [],
    outputs: [{ kind: PlatformConfig, sharing: "shared" }],
    async reconcile(context) {
      if (!isRead) {
        await openState(context.signal);
        loaded = await read((problem) => context.log("warn", `the saved network is not used whole: ${problem}`));
        isRead = true;
      }
      if (loaded !== undefined) await context.put(PlatformConfig, cachedId, loaded);
    },
  });

  async function read(onProblem: (problem: string) => void): Promise<PlatformConfig | undefined> {
    try {
      const text = await readIfPresent(path);
      if (text === undefined) return undefined;
      const { config, problems } = readNetworkText(text);
      for (const problem of problems) onProblem(problem);
      return config;
    } catch (thrown) {
      onProblem(messageOf(thrown));
      return undefined;
    }
  }
}
