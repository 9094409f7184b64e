import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** The version that runs. */
export const Version = defineResource({
  type: "Versions.runtime.talos.dev",
  namespace: "runtime",
  spec: {
    version: string(1),
  },
  columns: { Version: "{.version}" },
});

export type Version = typeof Version.Type;
