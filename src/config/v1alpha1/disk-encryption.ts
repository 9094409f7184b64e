import { boolean, integer, list, oneOf, section, string } from "../describe.ts";

export const tpmFields = {
  checkSecurebootStatusOnEnroll: boolean({
    doc: "Refuse to make a key while Secure Boot is off.",
    since: "1.8",
    default: false,
  }),
};

/** Ways to unlock, as both the v1alpha1 document and those of volumes know them. */
export const keyFields = {
  slot: integer({ doc: "LUKS key slot.", minimum: 0, maximum: 31 }),
  static: section({
    doc: "A passphrase; it stands in the config, so it protects little.",
    fields: { passphrase: string({ doc: "Passphrase.", sensitive: true }) },
  }).optional(),
  nodeID: section({ doc: "A key derived from the machine's identity.", fields: {} }).optional(),
  kms: section({
    doc: "A key service on the network seals the key.",
    since: "1.5",
    fields: { endpoint: string({ doc: "URL of the service.", example: "https://192.168.88.21:4443" }) },
  }).optional(),
};

export const encryptionFields = {
  cipher: string({ doc: "Cipher of the kernel; aes-xts-plain64 when empty.", example: "aes-xts-plain64" }),
  keySize: integer({ doc: "Key size in bits.", minimum: 0 }),
  blockSize: integer({ doc: "Sector size in bytes.", minimum: 0, example: 4_096 }),
  options: list(string({ doc: "Option." }), {
    doc: "Options of dm-crypt for speed.",
    example: ["no_read_workqueue", "no_write_workqueue"],
  }),
};

const partition = (doc: string) =>
  section({
    doc,
    fields: {
      provider: oneOf(["luks2"], { doc: "Format of the encryption.", default: "luks2" }),
      keys: list(
        section({
          doc: "A way to unlock; one kind is set.",
          fields: {
            ...keyFields,
            tpm: section({
              doc: "The machine's TPM seals the key to its boot state.",
              since: "1.5",
              fields: tpmFields,
            }).optional(),
          },
        }),
        { doc: "Ways to unlock, each in a slot of its own.", example: [{ slot: 0, nodeID: {} }] },
      ),
      ...encryptionFields,
    },
  }).optional();

/** `machine.systemDiskEncryption`. */
export const systemDiskEncryption = section({
  doc: "Encryption of the system's own partitions.",
  effect: "reboot",
  replacedBy: "VolumeConfig",
  fields: {
    state: partition("Encryption of STATE, which holds this config."),
    ephemeral: partition("Encryption of EPHEMERAL, which holds /var."),
  },
});
