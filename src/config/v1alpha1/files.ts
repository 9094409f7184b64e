import { integer, list, oneOf, section, string } from "../describe.ts";

/** `machine.disks`: disks partitioned for the user. */
export const disks = list(
  section({
    doc: "A disk.",
    fields: {
      device: string({ doc: "Path of the disk's device." }),
      partitions: list(
        section({
          doc: "A partition.",
          fields: {
            size: string({ doc: "Size; empty takes the rest." }),
            mountpoint: string({ doc: "Where it is mounted, below /var." }),
          },
        }),
        { doc: "Partitions, in order; the last may take the rest." },
      ),
    },
  }),
  {
    doc: "Disks partitioned and mounted for data of your own.",
    effect: "reboot",
    replacedBy: "UserVolumeConfig",
    example: [{ device: "/dev/sdb", partitions: [{ mountpoint: "/var/mnt/extra" }] }],
  },
);

/** `machine.files`: files written at boot. */
export const files = list(
  section({
    doc: "A file.",
    fields: {
      content: string({ doc: "What the file holds.", default: "" }),
      permissions: integer({ doc: "Its mode bits, octal as in 0o644.", minimum: 0, maximum: 0o7777 }),
      path: string({ doc: "Its whole path." }),
      op: oneOf(["create", "append", "overwrite"], { doc: "Make it, or add to or replace one that exists." }),
    },
  }),
  {
    doc: "Files written at each boot; new ones below /var only, others over what the image has, read-only.",
    effect: "reboot",
  },
);
