import { enumeration } from "../fields/enumeration.ts";

// What volumes, their phases, file systems and encryption are called.

export const volumeType = enumeration({ partition: 0, disk: 1, tmpfs: 2, directory: 3, symlink: 4, overlay: 5 });

export const volumePhase = enumeration({
  waiting: 0,
  failed: 1,
  missing: 2,
  located: 3,
  provisioned: 4,
  prepared: 5,
  ready: 6,
  closed: 7,
});

export const filesystemType = enumeration({ none: 0, xfs: 1, vfat: 2, ext4: 3, iso9660: 4, swap: 5 });

export const encryptionProviderType = enumeration({ none: 0, luks2: 1 });

export const encryptionKeyType = enumeration({ static: 0, nodeID: 1, kms: 2, tpm: 3 });
