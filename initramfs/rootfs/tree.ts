import { dirname } from "node:path";
import { Failure } from "../../src/errors/failure.ts";
import { byPath, type FileEntry } from "../../src/oci/file-entry.ts";

/** A file system in the making: every path once, every parent a directory, nothing with the rights of another user. */
export class Tree {
  readonly #entries = new Map<string, FileEntry>();

  /** @throws Failure when the path is taken by something else, or the file is setuid or setgid. */
  add(entry: FileEntry): void {
    const { path } = entry;
    if (entry.kind === "file" && (entry.mode & 0o6000) !== 0)
      throw new Failure(`Cannot add /${path} to the image: it is setuid or setgid`);
    const present = this.#entries.get(path);
    if (present !== undefined && !(present.kind === "directory" && entry.kind === "directory"))
      throw new Failure(`Cannot add /${path} to the image: it is there already`);
    const parent = dirname(path);
    if (parent !== "." && !this.#entries.has(parent)) this.add({ kind: "directory", path: parent, mode: 0o755 });
    if (parent !== "." && this.#entries.get(parent)?.kind !== "directory")
      throw new Failure(`Cannot add /${path} to the image: /${parent} is no directory`);
    this.#entries.set(path, entry);
  }

  addAll(entries: Iterable<FileEntry>): void {
    for (const entry of entries) this.add(entry);
  }

  has(path: string): boolean {
    return this.#entries.has(path);
  }

  /** In the order of archives. */
  entries(): FileEntry[] {
    return [...this.#entries.values()].toSorted(byPath);
  }
}
