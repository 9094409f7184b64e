/** What one part of the machine takes out of one Debian package. Libraries are not listed: the build finds them. */
export interface Contents {
  readonly package: string;
  /** Without a leading slash, as in the package. */
  readonly paths: readonly string[];
}
