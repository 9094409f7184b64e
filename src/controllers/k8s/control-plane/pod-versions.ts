/** What a pod is made with. A pod whose annotations change is made anew. */
export interface PodVersions {
  readonly secrets: string;
  readonly config: string;
  /** Of its configuration files, if it has any. */
  readonly configFiles?: string;
  /** How often it was made anew for nothing but another start; see fresh-starts.ts. */
  readonly freshStarts?: number;
}

export const versionAnnotations = ({ secrets, config, configFiles, freshStarts = 0 }: PodVersions) => ({
  "talos.dev/secrets-version": secrets,
  ...(configFiles === undefined ? {} : { "talos.dev/config-file-version": configFiles }),
  "talos.dev/config-version": config,
  ...(freshStarts === 0 ? {} : { "talos.dev/fresh-starts": String(freshStarts) }),
});
