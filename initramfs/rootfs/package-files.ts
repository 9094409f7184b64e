import { posix } from "node:path";
import { Failure } from "../../src/errors/failure.ts";
import type { FileEntry } from "../../src/oci/file-entry.ts";

/** A file and the package that it came from. */
export interface PackageFile {
  readonly package: string;
  readonly entry: FileEntry;
}

/** What a list of unpacked packages offers. */
export class PackageFiles {
  readonly #byPath = new Map<string, PackageFile>();
  readonly #libraries = new Map<string, PackageFile>();

  add(name: string, entries: readonly FileEntry[]): void {
    for (const entry of entries) {
      if (entry.kind === "directory") continue;
      const file = { package: name, entry };
      this.#byPath.set(entry.path, file);
      const library = /^usr\/lib(?:64)?\/(?:[^/]+\/){0,2}(ld-[^/]+|[^/]+\.so(?:\.[^/]*)?)$/.exec(entry.path)?.[1];
      if (library !== undefined) this.#libraries.set(library, file);
    }
  }

  /** @throws Failure when the package has no such file. */
  file(name: string, path: string): PackageFile {
    const found = this.#byPath.get(path);
    if (found === undefined || found.package !== name)
      throw new Failure(`Cannot find /${path} in the package ${name}: it holds no such file`);
    return found;
  }

  within(name: string, directory: string): PackageFile[] {
    return [...this.#byPath.values()].filter(
      (file) => file.package === name && file.entry.path.startsWith(`${directory}/`),
    );
  }

  /** The file that a library's name leads to, after the links on the way to it. */
  library(name: string): PackageFile[] {
    const found = this.#libraries.get(name);
    return found === undefined ? [] : this.#withTargets(found);
  }

  #withTargets(file: PackageFile): PackageFile[] {
    if (file.entry.kind !== "link") return [file];
    const { path, target } = file.entry;
    const next = this.#byPath.get(target.startsWith("/") ? target.slice(1) : posix.join(posix.dirname(path), target));
    return next === undefined ? [file] : [file, ...this.#withTargets(next)];
  }
}
