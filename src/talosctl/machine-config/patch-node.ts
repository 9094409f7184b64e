import { applyPatches, type Patch } from "../../config/patch.ts";
import type { Client } from "../client/client.ts";
import { activeConfig, activeConfigPath } from "./active-config.ts";
import { type ApplyOptions, appliedLines, applyToNode } from "./apply.ts";
import { saysTheSame } from "./says-the-same.ts";

export { readPatches } from "./patched-config.ts";

/**
 * Lays patches over the config in force on a node, and sends it the result.
 * @returns lines that tell what became of it.
 * @throws Failure when a patch does not fit; StatusError when the node refuses the result.
 */
export async function patchNode(
  client: Client,
  node: string,
  patches: readonly Patch[],
  options: ApplyOptions & { readonly namespace?: string | undefined },
): Promise<string[]> {
  const before = await activeConfig(client, node, options);
  const after = applyPatches(before, patches);
  const prefix = client.nodes.length > 1 ? `${node}: ` : "";
  // What is in force already is sent all the same: it may be on trial, and this confirms it.
  const lines = appliedLines(await applyToNode(client, node, after, options), client);
  if (saysTheSame(before, after)) return [`${prefix}Apply was skipped: no changes detected.`];
  return options.dryRun ? lines : [`patched ${activeConfigPath} at the node ${node}`, ...lines];
}
