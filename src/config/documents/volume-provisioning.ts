import { boolean, section, string } from "../describe.ts";
import { diskSelector } from "../expressions/environments.ts";
import { byteSize, byteSizeOrShare } from "../formats.ts";

/** `provisioning` of a volume: on which disk, and how large. */
export const provisioning = section({
  doc: "On which disk the volume is made, and how large.",
  fields: {
    diskSelector: section({
      doc: "Picks the disk.",
      fields: {
        match: string({
          doc: "Expression over `disk` that is true for those it may be.",
          check: diskSelector,
          example: 'disk.transport == "nvme" && !system_disk',
        }),
      },
    }),
    grow: boolean({ doc: "Grow the volume when there is room after it." }),
    minSize: string({ doc: "Size it has at least.", check: byteSize, example: "10GiB" }),
    maxSize: string({
      doc: "Size it has at most, or its share of the disk; empty takes what there is.",
      check: byteSizeOrShare,
      example: "80%",
    }),
  },
});
