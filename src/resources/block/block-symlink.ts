import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** The names under /dev/disk of one block device. */
export const BlockSymlink = defineResource({
  type: "BlockSymlinks.block.talos.dev",
  namespace: "runtime",
  spec: {
    paths: string(1).list(),
  },
});

export type BlockSymlink = typeof BlockSymlink.Type;
