import { integer, list, oneOf, section, string } from "../describe.ts";

/** `machine.disks`: disks partitioned for the user. */
export const disks = list(
  section({
    doc: "A disk.",
    fields: {
      device: string({ doc: "Path of the device." }),
      partitions: list(
        section({
          doc: "A partition.",
          fields: {
            size: string({ doc: "Size; empty takes the rest." }),
            mountpoint: string({ doc: "Where it is mounted, below /var." }),
          },
        }),
        { doc: "Partitions, in order." },
      ),
    },
  }),
  { doc: "Disks partitioned and mounted for the user.", effect: "reboot" },
);

/** `machine.files`: files written at boot. */
export const files = list(
  section({
    doc: "A file.",
    fields: {
      content: string({ doc: "What it holds.", default: "" }),
      permissions: integer({ doc: "Mode bits, octal.", minimum: 0, maximum: 0o7777 }),
      path: string({ doc: "Where it is." }),
      op: oneOf(["create", "append", "overwrite"], { doc: "What is done to a file that exists." }),
    },
  }),
  {
    doc: "Files written at boot.",
    effect: "reboot",
  },
);
