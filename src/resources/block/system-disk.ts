import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** The disk that the machine boots from. */
export const SystemDisk = defineResource({
  type: "SystemDisks.block.talos.dev",
  namespace: "runtime",
  spec: {
    diskID: string(1),
    devPath: string(2),
  },
  columns: { Disk: "{.diskID}" },
});

export type SystemDisk = typeof SystemDisk.Type;
