import { defineResource } from "../define.ts";
import { boolean } from "../fields/index.ts";

/** Whether the disks of the configuration are in place. */
export const UserDiskConfigStatus = defineResource({
  type: "UserDiskConfigStatuses.block.talos.dev",
  namespace: "runtime",
  spec: {
    ready: boolean(1),
    tornDown: boolean(2),
  },
  columns: { Ready: "{.ready}" },
});

export type UserDiskConfigStatus = typeof UserDiskConfigStatus.Type;
