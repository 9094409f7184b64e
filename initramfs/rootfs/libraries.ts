import { Failure } from "../../src/errors/failure.ts";
import { isElf, readElf } from "../formats/elf.ts";
import type { PackageFile, PackageFiles } from "./package-files.ts";

/** What a program will ask the dynamic loader for. */
export interface Dependent {
  /** For the message when something is missing. */
  readonly name: string;
  readonly needed: readonly string[];
}

/** What a file needs, or nothing when it is no program and no library. */
export async function dependentOf(name: string, content: Blob): Promise<Dependent | undefined> {
  const bytes = await content.bytes();
  if (!isElf(bytes)) return undefined;
  const { needed, interpreter } = readElf(bytes);
  return { name, needed: interpreter === undefined ? needed : [...needed, interpreter.split("/").at(-1) ?? ""] };
}

/**
 * The libraries of some programs and the libraries of those, with the links that lead to them.
 * @throws Failure naming the library that no package holds, and who needs it.
 */
export async function resolveLibraries(
  dependents: readonly Dependent[],
  packages: PackageFiles,
): Promise<PackageFile[]> {
  const found = new Map<string, PackageFile>();
  const queue = [...dependents];
  for (let dependent = queue.shift(); dependent !== undefined; dependent = queue.shift()) {
    for (const name of dependent.needed) {
      const files = packages.library(name);
      if (files.length === 0)
        throw new Failure(`Cannot find the library ${name} for ${dependent.name}: no package of the list holds it`, {
          hint: "Add its package to initramfs/packages/packages.ts",
        });
      for (const file of files) {
        if (found.has(file.entry.path)) continue;
        found.set(file.entry.path, file);
        if (file.entry.kind !== "file") continue;
        const next = await dependentOf(name, file.entry.content);
        if (next !== undefined) queue.push(next);
      }
    }
  }
  return [...found.values()];
}
