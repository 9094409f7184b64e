import { defineResource } from "../define.ts";
import { boolean, int64, message, string, textBytes, uint64 } from "../fields/index.ts";
import { expression } from "./expression.ts";
import { mountFields } from "./mount.ts";
import { symlinkProvisioningFields } from "./symlink-provisioning.ts";
import { encryptionKeyType, encryptionProviderType, filesystemType, volumeType } from "./volume-names.ts";

const diskSelectorFields = {
  match: expression(1).optional(),
};

const partitionFields = {
  minSize: uint64(1),
  maxSize: uint64(2).optional(),
  relativeMaxSize: uint64(6),
  grow: boolean(3),
  label: string(4).optional(),
  typeUUID: string(5).optional(),
};

const filesystemFields = {
  type: filesystemType(1),
  label: string(2).optional(),
};

const provisioningFields = {
  wave: int64(3).optional(),
  diskSelector: message(1, diskSelectorFields).optional(),
  partitionSpec: message(2, partitionFields).optional(),
  filesystemSpec: message(4, filesystemFields).optional(),
};

const encryptionKeyFields = {
  slot: int64(1),
  type: encryptionKeyType(2),
  lockToState: boolean(6).optional(),
  staticPassphrase: textBytes(3).optional(),
  kmsEndpoint: string(4).optional(),
  tpmCheckSecurebootStatusOnEnroll: boolean(5).optional(),
  pcrs: int64(7).list().optional(),
  pubKeyPcrs: int64(8).list().optional(),
};

const encryptionFields = {
  provider: encryptionProviderType(1),
  keys: message(2, encryptionKeyFields).list(),
  cipher: string(3).optional(),
  keySize: uint64(4).optional(),
  blockSize: uint64(5).optional(),
  perfOptions: string(6).list().optional(),
};

const locatorFields = {
  match: expression(1).optional(),
  diskMatch: expression(2).optional(),
};

/** A volume that should be: how to find it, how to make it, where to mount it. */
export const VolumeConfig = defineResource({
  type: "VolumeConfigs.block.talos.dev",
  namespace: "runtime",
  sensitive: true,
  spec: {
    parentId: string(1).optional(),
    type: volumeType(2),
    provisioning: message(3, provisioningFields),
    encryption: message(6, encryptionFields).optional(),
    locator: message(4, locatorFields),
    mount: message(5, mountFields).optional(),
    symlink: message(7, symlinkProvisioningFields).optional(),
  },
});

export type VolumeConfig = typeof VolumeConfig.Type;
