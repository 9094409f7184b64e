import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** A file that is in /etc. */
export const EtcFileStatus = defineResource({
  type: "EtcFileStatuses.files.talos.dev",
  namespace: "files",
  spec: {
    specVersion: string(1),
  },
});

export type EtcFileStatus = typeof EtcFileStatus.Type;
