import { Failure } from "../../src/errors/failure.ts";
import { canonicalName, type KernelModule, type ModuleGroup } from "../../src/machined/boot/module-list.ts";
import { readModinfo } from "../formats/modinfo.ts";

/** A module's place in the order of loading. */
export type OrderedModule = Pick<KernelModule, "name" | "group" | "dependsOn">;

/** Names of the modules that one depends on; undefined when there is none of that name, null when the kernel has it built in. */
export type DependencySource = (name: string) => Promise<readonly string[] | null | undefined>;

/**
 * The wanted modules with all that they depend on, each after its dependencies. A group is complete in itself, since
 * nobody knows which others were loaded before it, except for what the groups of `certain` have loaded in any case.
 * @throws Failure naming a module that does not exist, and who wants it.
 */
export async function orderModules(
  wanted: Readonly<Record<ModuleGroup, readonly string[]>>,
  certain: ReadonlySet<ModuleGroup>,
  dependenciesOf: DependencySource,
): Promise<OrderedModule[]> {
  const ordered: OrderedModule[] = [];
  const present = new Set<string>();
  for (const [group, names] of Object.entries(wanted) as [ModuleGroup, readonly string[]][]) {
    const inGroup = await withDependencies(names.map(canonicalName), dependenciesOf, present);
    if (certain.has(group)) for (const name of inGroup.keys()) present.add(name);
    ordered.push(...[...inGroup].map(([name, dependsOn]) => ({ name, group, dependsOn })));
  }
  return ordered;
}

async function withDependencies(
  names: readonly string[],
  dependenciesOf: DependencySource,
  present: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const ordered = new Map<string, readonly string[]>();
  /** Whether it is a module at all: what is built in needs no place in the order. */
  const visit = async (name: string, trail: readonly string[]): Promise<boolean> => {
    if (ordered.has(name) || present.has(name)) return true;
    const path = [...trail, name];
    if (trail.includes(name))
      throw new Failure(`Cannot order the kernel modules ${path.join(" -> ")}: they depend on each other`);
    const dependencies = await dependenciesOf(name);
    if (dependencies === null) return false;
    if (dependencies === undefined)
      throw new Failure(`Cannot find the kernel module ${path.join(" -> ")}: the package has none`);
    const dependsOn: string[] = [];
    for (const dependency of dependencies.map(canonicalName))
      if (await visit(dependency, path)) dependsOn.push(dependency);
    ordered.set(name, dependsOn);
    return true;
  };
  for (const name of names) await visit(name, []);
  return ordered;
}

/** Debian's package has no modules.dep (its install script makes it): each module itself says what it needs. */
export function readDependencies(module: Uint8Array): string[] {
  const [text = ""] = readModinfo(module).get("depends") ?? [];
  return text === "" ? [] : text.split(",");
}

/** The devices that a module is for, as patterns of their `modalias`. */
export const readDevices = (module: Uint8Array): readonly string[] => readModinfo(module).get("alias") ?? [];
