import { defineResource } from "../define.ts";
import { bytes } from "../fields/index.ts";

/** Salt for the keys of encrypted disks. */
export const EncryptionSalt = defineResource({
  type: "EncryptionSalts.secrets.talos.dev",
  namespace: "secrets",
  sensitive: true,
  spec: {
    diskSalt: bytes(1),
  },
});

export type EncryptionSalt = typeof EncryptionSalt.Type;
