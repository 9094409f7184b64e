import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { readOrEmptyTalosconfig, readTalosconfig, writeTalosconfig } from "../../talosconfig/file.ts";
import { mergeTalosconfig, withContext } from "../../talosconfig/talosconfig.ts";
import { saveKubeconfig } from "../kubeconfig/save-kubeconfig.ts";
import type { ClusterDirectory } from "./directory.ts";

/** The files that talosctl and kubectl look into when they are not told another. */
export interface OwnConfigurations {
  readonly talosconfig: string;
  readonly kubeconfig: string;
}

/**
 * Adds a cluster to a person's own client configurations, where it becomes the current one. An earlier context of the
 * same cluster is replaced; others that have its name are kept, and the new one is renamed.
 * @returns what to tell the person.
 */
export async function addToOwnConfigurations(directory: ClusterDirectory, own: OwnConfigurations): Promise<string[]> {
  const [mine, added] = await Promise.all([
    readOrEmptyTalosconfig(own.talosconfig),
    readTalosconfig(directory.talosconfig),
  ]);
  const { name } = directory;
  const context = added.contexts.get(name);
  const isKnown = context !== undefined && mine.contexts.get(name)?.ca === context.ca;
  const { merged, renamed } = isKnown
    ? { merged: { ...withContext(mine, name, context), context: name }, renamed: [] }
    : mergeTalosconfig(mine, added);
  await writeTalosconfig(own.talosconfig, merged);
  const told = [
    `Added to ${own.talosconfig}`,
    ...renamed.map(({ from, to }) => `renamed talosconfig context "${from}" -> "${to}"`),
  ];
  if (!existsSync(directory.kubeconfig)) return told;
  const saved = await saveKubeconfig(own.kubeconfig, await readFile(directory.kubeconfig, "utf8"), {
    merge: { onConflict: () => (isKnown ? "overwrite" : "rename") },
  });
  return [
    ...told,
    `Added to ${saved.path}`,
    ...saved.renamed.map(({ part, from, to }) => `renamed ${part} "${from}" -> "${to}"`),
  ];
}
