import { boolean, integer, list, oneOf, section } from "../describe.ts";
import { encryptionFields, keyFields, tpmFields } from "../v1alpha1/disk-encryption.ts";

const key = section({
  doc: "A way to unlock; one kind is set.",
  fields: {
    ...keyFields,
    tpm: section({
      doc: "The machine's TPM.",
      fields: {
        options: section({
          doc: "What the key is bound to.",
          since: "1.12",
          fields: {
            pcrs: list(integer({ doc: "Register.", minimum: 0, maximum: 23 }), {
              doc: "Registers that must be as they were; 7 when empty.",
              example: [7],
            }),
          },
        }),
        ...tpmFields,
      },
    }).optional(),
    lockToState: boolean({
      doc: "Mix in a secret of the STATE partition, so that the disk opens in this machine only.",
      since: "1.11",
      default: false,
    }),
  },
});

/** `encryption` of a volume, as its own document describes it. */
export const volumeEncryption = section({
  doc: "How the volume is encrypted; not at all when it is left out.",
  fields: {
    ...encryptionFields,
    provider: oneOf(["luks2"], { doc: "Format.", required: true }),
    keys: list(key, {
      doc: "Ways to unlock, each in a slot of its own.",
      required: true,
      example: [{ slot: 0, nodeID: {} }],
    }),
  },
}).optional();
