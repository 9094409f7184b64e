import { defineResource } from "../define.ts";
import { string, textBytes, uint32 } from "../fields/index.ts";

/** A file that should be in /etc; the id is its path below /etc. */
export const EtcFileSpec = defineResource({
  type: "EtcFileSpecs.files.talos.dev",
  namespace: "files",
  spec: {
    contents: textBytes(1),
    mode: uint32(2),
    selinux_label: string(3),
  },
});

export type EtcFileSpec = typeof EtcFileSpec.Type;
