import { defineResource } from "../define.ts";
import { boolean, string } from "../fields/index.ts";

/** One user's volume, mounted. */
export const VolumeMountStatus = defineResource({
  type: "VolumeMountStatuses.block.talos.dev",
  namespace: "runtime",
  spec: {
    volumeID: string(1),
    requester: string(2),
    target: string(3),
    readOnly: boolean(4),
    detached: boolean(5),
  },
  columns: { "Volume ID": "{.volumeID}", Requester: "{.requester}", Target: "{.target}" },
});

export type VolumeMountStatus = typeof VolumeMountStatus.Type;
