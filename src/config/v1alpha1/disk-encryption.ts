import { boolean, integer, list, oneOf, section, string } from "../describe.ts";

const key = section({
  doc: "A way to unlock; exactly one kind is set.",
  fields: {
    static: section({
      doc: "A passphrase.",
      fields: { passphrase: string({ doc: "Passphrase.", sensitive: true }) },
    }).optional(),
    nodeID: section({ doc: "A key derived from the machine's identity.", fields: {} }).optional(),
    kms: section({ doc: "A key service.", fields: { endpoint: string({ doc: "URL." }) } }).optional(),
    tpm: section({
      doc: "The machine's TPM.",
      fields: {
        options: section({
          doc: "What the key is bound to.",
          fields: { pcrs: list(integer({ doc: "PCR." }), { doc: "Registers that must match." }) },
        }),
        checkSecurebootStatusOnEnroll: boolean({ doc: "Refuse to enroll without Secure Boot.", default: false }),
      },
    }).optional(),
    slot: integer({ doc: "LUKS key slot.", minimum: 0, maximum: 31 }),
    lockToState: boolean({ doc: "Mix in a secret of the STATE partition.", default: false }),
  },
});

const partition = section({
  doc: "Encryption of one partition.",
  fields: {
    provider: oneOf(["luks2"], { doc: "Format.", default: "luks2" }),
    keys: list(key, { doc: "Ways to unlock." }),
    cipher: string({ doc: "Cipher." }),
    keySize: integer({ doc: "Key size in bits.", minimum: 0 }),
    blockSize: integer({ doc: "Sector size in bytes.", minimum: 0 }),
    options: list(string({ doc: "Option." }), { doc: "dm-crypt options." }),
  },
}).optional();

/** `machine.systemDiskEncryption`. */
export const systemDiskEncryption = section({
  doc: "Encryption of the system's own partitions.",
  effect: "reboot",
  fields: { state: partition, ephemeral: partition },
});
