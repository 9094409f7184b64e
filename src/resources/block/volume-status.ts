import { defineResource } from "../define.ts";
import { boolean, int64, message, string, uint64 } from "../fields/index.ts";
import { mountFields } from "./mount.ts";
import { symlinkProvisioningFields } from "./symlink-provisioning.ts";
import { encryptionProviderType, filesystemType, volumePhase, volumeType } from "./volume-names.ts";

const tpmEncryptionOptionsInfoFields = {
  pcrs: int64(1).list().optional(),
  pubKeyPcrs: int64(2).list().optional(),
};

/** How far a volume has come, from waiting to ready. */
export const VolumeStatus = defineResource({
  type: "VolumeStatuses.block.talos.dev",
  namespace: "runtime",
  spec: {
    phase: volumePhase(1),
    preFailPhase: volumePhase(6).optional(),
    type: volumeType(16),
    parentID: string(19).optional(),
    location: string(2).optional(),
    mountLocation: string(11).optional(),
    partitionIndex: int64(8).optional(),
    parentLocation: string(7).optional(),
    uuid: string(4).optional(),
    partitionUUID: string(5).optional(),
    size: uint64(9).optional(),
    prettySize: string(13).optional(),
    filesystem: filesystemType(10).optional(),
    encryptionProvider: encryptionProviderType(12).optional(),
    encryptionFailedSyncs: string(14).list().optional(),
    configuredEncryptionKeys: string(17).list().optional(),
    encryptionLockedToState: boolean(20).optional(),
    encryptionSlot: int64(21).nullable(),
    tpmEncryptionOptions: message(22, tpmEncryptionOptionsInfoFields).optional(),
    mountSpec: message(15, mountFields).optional(),
    symlink: message(18, symlinkProvisioningFields).optional(),
    errorMessage: string(3).optional(),
  },
  columns: { Type: "{.type}", Phase: "{.phase}", Location: "{.location}", Size: "{.prettySize}" },
});

export type VolumeStatus = typeof VolumeStatus.Type;
