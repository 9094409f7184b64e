import type { ReconcileContext } from "../../../cosi/controller.ts";
import { PlatformConfig } from "../../../resources/network/platform-config.ts";

/** Ids of PlatformConfig: what the platform says now, what it said at an earlier boot, what it takes to ask it. */
export const [activeId, cachedId, meanwhileId] = ["active", "cached", "meanwhile"] as const;

/** What counts of what the platform said. */
export async function platformSays(context: Pick<ReconcileContext, "get">): Promise<PlatformConfig | undefined> {
  for (const id of [activeId, cachedId, meanwhileId]) {
    const found = await context.get(PlatformConfig, id);
    if (found !== undefined) return found.spec;
  }
  return undefined;
}
