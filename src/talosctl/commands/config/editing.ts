import { Failure } from "../../../errors/failure.ts";
import type { Context as TalosContext, Talosconfig } from "../../../talosconfig/talosconfig.ts";
import type { GlobalFlags } from "../../global-flags.ts";

/** The client configuration that is being changed. */
export interface Editing {
  readonly path: string;
  readonly config: Talosconfig;
  /** Name of the context in question: `--context`, or the current one. */
  readonly name: string;
  save(changed: Talosconfig): Promise<void>;
}

/** Opens the client configuration; one that is not there yet is empty. */
export async function openTalosconfig(global: GlobalFlags): Promise<Editing> {
  const [{ talosconfigPath }, { readOrEmptyTalosconfig, writeTalosconfig }] = await Promise.all([
    import("../../../talosconfig/location.ts"),
    import("../../../talosconfig/file.ts"),
  ]);
  const path = talosconfigPath({ flag: global.talosconfig });
  const config = await readOrEmptyTalosconfig(path);
  const name = global.context ?? config.context;
  return { path, config, name, save: (changed) => writeTalosconfig(path, changed) };
}

/** @throws Failure naming the contexts that there are. */
export function contextOf({ config, path }: Pick<Editing, "config" | "path">, name: string): TalosContext {
  const found = config.contexts.get(name);
  if (found !== undefined) return found;
  const names = [...config.contexts.keys()].join(", ");
  throw new Failure(`Cannot find context "${name}" in "${path}"`, {
    hint: names === "" ? "It has no contexts yet; talosctl config merge adds some" : `It has ${names}`,
  });
}

/** The configuration with another value of one context. */
export async function changeContext(
  global: GlobalFlags,
  change: (context: TalosContext) => TalosContext,
): Promise<void> {
  const editing = await openTalosconfig(global);
  const changed = change(contextOf(editing, editing.name));
  await editing.save({ ...editing.config, contexts: new Map(editing.config.contexts).set(editing.name, changed) });
}
