import type { LinkStatus } from "../../../resources/network/link-status.ts";
import type { PlatformConfig } from "../../../resources/network/platform-config.ts";

/** A platform that can be asked what the network of this machine should be. */
export interface NetworkSource {
  /** What it is of no use to ask without: an address, or all devices of the machine. */
  readonly needs: "network" | "devices";
  /** What is wanted until it is known what the platform says, so that it can be asked at all. */
  readonly meanwhile?: PlatformConfig;
  /**
   * Asks. Undefined when the platform has nothing to say.
   * @throws Failure when it should have, and cannot be asked: it is asked again later
   */
  read(signal: AbortSignal): Promise<PlatformAnswer | undefined>;
}

/** What a platform says; it may depend on the links that there are. */
export type PlatformAnswer = (links: ReadonlyMap<string, LinkStatus>) => PlatformWish;

export interface PlatformWish {
  readonly config: PlatformConfig;
  /** What of the answer is left out or uncertain. */
  readonly problems: readonly string[];
}
