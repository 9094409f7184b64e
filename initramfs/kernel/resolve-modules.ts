import { Failure } from "../../src/errors/failure.ts";
import { readModinfo } from "../formats/modinfo.ts";
import type { ModuleGroup } from "./module-list.ts";

export interface ResolvedModule {
  readonly name: string;
  readonly group: ModuleGroup;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** The uncompressed bytes of a module, `builtIn` when it is part of the kernel, undefined when there is none of that name. */
export type ModuleSource = (name: string) => Promise<Uint8Array<ArrayBuffer> | "builtIn" | undefined>;

/**
 * The wanted modules with all that they depend on, each after its dependencies. Debian's package has no modules.dep
 * (its install script makes it), so dependencies are read from the modules themselves.
 * @throws Failure naming a module that does not exist, and who wants it.
 */
export async function resolveModules(
  wanted: Readonly<Record<ModuleGroup, readonly string[]>>,
  source: ModuleSource,
): Promise<ResolvedModule[]> {
  const resolved = new Map<string, ResolvedModule>();
  const visit = async (name: string, group: ModuleGroup, trail: readonly string[]): Promise<void> => {
    const canonical = canonicalName(name);
    if (resolved.has(canonical)) return;
    const content = await source(canonical);
    if (content === "builtIn") return;
    if (content === undefined)
      throw new Failure(`Cannot find the kernel module ${[...trail, name].join(" -> ")}: the package has none`);
    for (const dependency of dependenciesOf(content)) await visit(dependency, group, [...trail, name]);
    resolved.set(canonical, { name: canonical, group, content });
  };
  for (const [group, names] of Object.entries(wanted) as [ModuleGroup, readonly string[]][]) {
    for (const name of names) await visit(name, group, []);
  }
  return [...resolved.values()];
}

/** File names have dashes where the kernel has underscores. */
export function canonicalName(name: string): string {
  return name.replaceAll("-", "_");
}

function dependenciesOf(module: Uint8Array): string[] {
  const text = readModinfo(module).get("depends") ?? "";
  return text === "" ? [] : text.split(",");
}
