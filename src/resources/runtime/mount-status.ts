import { defineResource } from "../define.ts";
import { boolean, string } from "../fields/index.ts";

/** A file system that machined mounted. */
export const MountStatus = defineResource({
  type: "MountStatuses.runtime.talos.dev",
  aliases: ["mounts"],
  automaticAliases: false,
  namespace: "runtime",
  spec: {
    source: string(1),
    target: string(2),
    filesystemType: string(3),
    options: string(4).list(),
    encrypted: boolean(5),
    encryptionProviders: string(6).list().optional(),
  },
  columns: { Source: "{.source}", Target: "{.target}", "Filesystem Type": "{.filesystemType}" },
});

export type MountStatus = typeof MountStatus.Type;
