import { defineResource } from "../define.ts";
import { int64 } from "../fields/index.ts";

/** Asks for another look at all links. */
export const LinkRefresh = defineResource({
  type: "LinkRefreshes.net.talos.dev",
  namespace: "network",
  spec: {
    generation: int64(1),
  },
});

export type LinkRefresh = typeof LinkRefresh.Type;
