import { defineResource } from "../define.ts";
import { boolean, string } from "../fields/index.ts";

/** One user's wish to have one volume mounted. */
export const VolumeMountRequest = defineResource({
  type: "VolumeMountRequests.block.talos.dev",
  namespace: "runtime",
  spec: {
    volumeID: string(1),
    readOnly: boolean(3),
    detached: boolean(4),
    requester: string(2),
  },
  columns: { "Volume ID": "{.volumeID}", Requester: "{.requester}" },
});

export type VolumeMountRequest = typeof VolumeMountRequest.Type;
