/** One thing of the machine that a confined process sees. Nothing else exists for it. */
export interface ConfinedPath {
  /** Absolute path of a file or directory of the machine; links are followed. */
  readonly source: string;
  /** Absolute path the process sees it under; the source's own by default. */
  readonly target?: string;
  /** True by default. */
  readonly readOnly?: boolean;
  /** A source that need not exist. */
  readonly optional?: boolean;
}

/**
 * What a process is locked into: a mount namespace of its own whose root is a small read-only tmpfs holding the listed
 * paths, /proc, /dev/null, /dev/urandom and nothing more; and no way to gain rights it was not started with.
 */
export interface Confinement {
  readonly paths: readonly ConfinedPath[];
}
