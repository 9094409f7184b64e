import { defineResource } from "../define.ts";
import { boolean, message, string } from "../fields/index.ts";
import { MountRequest } from "./mount-request.ts";
import { encryptionProviderType, filesystemType } from "./volume-names.ts";

/** A volume that is mounted, and where. */
export const MountStatus = defineResource({
  type: "MountStatuses.block.talos.dev",
  namespace: "runtime",
  spec: {
    spec: message(1, MountRequest.fields),
    source: string(3),
    target: string(2),
    filesystem: filesystemType(4),
    encryptionProvider: encryptionProviderType(7).optional(),
    readOnly: boolean(5),
    projectQuotaSupport: boolean(6),
    detached: boolean(8),
  },
  columns: { Source: "{.source}", Target: "{.target}", Filesystem: "{.filesystem}", Volume: "{.spec.volumeID}" },
});

export type MountStatus = typeof MountStatus.Type;
