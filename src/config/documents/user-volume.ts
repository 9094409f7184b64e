import { boolean, oneOf, section, string } from "../describe.ts";
import { volumeSelector } from "../expressions/environments.ts";
import { partitionName, volumeName } from "../formats.ts";
import { volumeEncryption } from "./volume-encryption.ts";
import { provisioning } from "./volume-provisioning.ts";

const name = (doc: string, check = partitionName) => string({ doc, check, required: true, example: "local-volume" });

/** `UserVolumeConfig`: room for the data of pods. */
export const userVolumeConfig = section({
  doc: "A volume for data of your own, mounted at /var/mnt/<name>.",
  since: "1.10",
  effect: "live",
  fields: {
    name: name("Its name, and its directory below /var/mnt."),
    volumeType: oneOf(["directory", "disk", "partition"], {
      doc: "What it is made of: a partition, a whole disk, or a directory of EPHEMERAL.",
      since: "1.12",
      example: "partition",
    }),
    provisioning,
    filesystem: section({
      doc: "The file system on it.",
      fields: {
        type: oneOf(["ext4", "xfs"], { doc: "Kind; xfs when empty." }),
        projectQuotaSupport: boolean({ doc: "Mount it with project quotas; xfs only.", since: "1.11" }),
      },
    }),
    encryption: volumeEncryption,
  },
});

/** `RawVolumeConfig`: a partition for a program that formats it itself. */
export const rawVolumeConfig = section({
  doc: "A partition left unformatted, for programs that want one; found as /dev/disk/by-partlabel/r-<name>.",
  since: "1.11",
  effect: "live",
  fields: { name: name("Its name."), provisioning, encryption: volumeEncryption },
});

/** `SwapVolumeConfig`: swap on a partition. */
export const swapVolumeConfig = section({
  doc: "A partition for swap.",
  since: "1.11",
  effect: "live",
  fields: { name: name("Its name."), provisioning, encryption: volumeEncryption },
});

/** `ExistingVolumeConfig`: a file system that was there before us. */
export const existingVolumeConfig = section({
  doc: "Mounts a file system that is there already at /var/mnt/<name>.",
  since: "1.11",
  effect: "live",
  fields: {
    name: name("Its name, and its directory below /var/mnt.", volumeName),
    discovery: section({
      doc: "How it is found.",
      fields: {
        volumeSelector: section({
          doc: "Picks the volume.",
          fields: {
            match: string({
              doc: "Expression over `volume` and its `disk` that is true for the one meant.",
              check: volumeSelector,
              required: true,
              example: 'volume.partition_label == "MY-DATA"',
            }),
          },
        }),
      },
    }),
    mount: section({
      doc: "How it is mounted.",
      fields: { readOnly: boolean({ doc: "Never write to it." }) },
    }),
  },
});
