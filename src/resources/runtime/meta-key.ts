import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** A value in the META partition; the id is its tag, such as `0x0a`. */
export const MetaKey = defineResource({
  type: "MetaKeys.runtime.talos.dev",
  aliases: ["meta"],
  namespace: "runtime",
  spec: {
    value: string(1),
  },
  columns: { Value: "{.value}" },
});

export type MetaKey = typeof MetaKey.Type;
