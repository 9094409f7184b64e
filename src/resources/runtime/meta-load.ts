import { defineResource } from "../define.ts";
import { boolean } from "../fields/index.ts";

/** Whether the META partition has been read. */
export const MetaLoad = defineResource({
  type: "MetaLoads.runtime.talos.dev",
  namespace: "runtime",
  spec: {
    done: boolean(1),
  },
  columns: { Done: "{.done}" },
});

export type MetaLoad = typeof MetaLoad.Type;
