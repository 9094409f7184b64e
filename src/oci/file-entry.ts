/** One entry of a file tree on its way into an archive or an image. All belong to root: nothing here has another owner. */
export type FileEntry = RegularFile | Directory | SymbolicLink | CharacterDevice;

interface Named {
  /** From the tree's root, without a slash at either end: `usr/bin/runc`. */
  readonly path: string;
}

export interface RegularFile extends Named {
  readonly kind: "file";
  /** Permission bits. */
  readonly mode: number;
  /** A `Bun.file` is read only when it is written out. */
  readonly content: Blob;
  /** What a program may do although another than root runs it: bits of linux/capability.h, below 32. */
  readonly capabilities?: number;
}

export interface Directory extends Named {
  readonly kind: "directory";
  readonly mode: number;
}

export interface SymbolicLink extends Named {
  readonly kind: "link";
  readonly target: string;
}

export interface CharacterDevice extends Named {
  readonly kind: "device";
  readonly mode: number;
  readonly major: number;
  readonly minor: number;
}

/** The order of entries in every archive that we write: by the bytes of their paths, so parents come first. */
export function byPath(a: FileEntry, b: FileEntry): number {
  return Buffer.compare(Buffer.from(a.path), Buffer.from(b.path));
}
