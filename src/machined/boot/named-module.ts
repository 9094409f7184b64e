import { existsSync } from "node:fs";
import { suggest } from "../../config/suggest.ts";
import { Failure } from "../../errors/failure.ts";
import { codeOf } from "../../errors/message.ts";
import { readParameter, sameValue, writeParameter } from "../../linux/kernel-parameter.ts";
import { loadModule } from "../../linux/module.ts";
import { canonicalName, type ModuleList, readModuleList } from "./module-list.ts";

export interface NamedModule {
  readonly name: string;
  /** `name=value`, or a name alone for what is switched on. */
  readonly parameters: readonly string[];
}

export interface ModuleOutcome {
  /** False when the kernel had it already. */
  readonly loaded: boolean;
  /** Parameters that a module which was there already cannot take any more. */
  readonly late: readonly string[];
}

/**
 * Loads one module of the image, with what it depends on. One that is there already takes the parameters that can be
 * changed while it runs.
 * @throws Failure when the image has no such module, or the kernel refuses it
 */
export async function loadNamedModule({ name, parameters }: NamedModule, list?: ModuleList): Promise<ModuleOutcome> {
  const { modules, builtIn } = list ?? (await readModuleList());
  const wanted = canonicalName(name);
  const known = new Map(modules.map((module) => [module.name, module]));
  const isThere = /^\w+$/.test(wanted) && existsSync(`/sys/module/${wanted}`);
  if (!isThere && !known.has(wanted) && !builtIn.includes(wanted)) throw unknown(name, [...known.keys()], builtIn);

  const visited = new Set<string>();
  const load = (module: string, options: string): boolean => {
    const file = known.get(module);
    if (file === undefined || visited.has(module)) return false; // loaded by the first stage, or built in
    visited.add(module);
    for (const dependency of file.dependsOn) load(dependency, "");
    return loadModule(file.path, options);
  };
  const loaded = !isThere && load(wanted, parameters.join(" "));
  return { loaded, late: loaded ? [] : parameters.filter((parameter) => !adjust(wanted, parameter)) };
}

function unknown(name: string, loadable: readonly string[], builtIn: readonly string[]): Failure {
  const meant = suggest(canonicalName(name), [...loadable, ...builtIn]);
  return new Failure(
    `Cannot load the kernel module "${name}": the image has none of this name` +
      (meant === undefined ? "" : `, did you mean "${meant}"?`),
    { hint: "initramfs/kernel/modules.ts lists the modules of the image" },
  );
}

/** Changes a parameter of a module that runs. @returns false when it keeps another value */
function adjust(module: string, parameter: string): boolean {
  const [name = "", ...rest] = parameter.split("=");
  if (!/^\w+$/.test(name)) return false;
  const path = `/sys/module/${module}/parameters/${name}`;
  const value = rest.length === 0 ? "1" : rest.join("=");
  try {
    const current = readParameter(path);
    // The kernel shows what is on or off as Y or N.
    if (current !== undefined && sameValue(switched(current), switched(value))) return true;
    return writeParameter(path, value);
  } catch (thrown) {
    if (codeOf(thrown) === undefined) throw thrown;
    return false;
  }
}

const switched = (value: string) => value.replace(/^[Yy]$/, "1").replace(/^[Nn]$/, "0");
