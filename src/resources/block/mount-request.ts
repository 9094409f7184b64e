import { defineResource } from "../define.ts";
import { boolean, string } from "../fields/index.ts";

/** A volume that somebody wants mounted, with all who do. */
export const MountRequest = defineResource({
  type: "MountRequests.block.talos.dev",
  namespace: "runtime",
  spec: {
    volumeID: string(1),
    parentID: string(2),
    readOnly: boolean(5),
    detached: boolean(6),
    requesters: string(3).list(),
    requesterIDs: string(4).list(),
  },
  columns: { Volume: "{.volumeID}", Parent: "{.parentID}", Requesters: "{.requesters}" },
});

export type MountRequest = typeof MountRequest.Type;
