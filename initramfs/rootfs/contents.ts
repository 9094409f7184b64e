/** What one part of the machine takes out of one Debian package. Libraries are not listed: the build finds them. */
export interface Contents {
  readonly package: string;
  /** Without a leading slash, as in the package. */
  readonly paths: readonly string[];
  /** A directory of libraries that a program loads by itself, below the directory of its architecture's libraries. */
  readonly libraries?: string;
}
