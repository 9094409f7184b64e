import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** Another name that a link should have. */
export const LinkAliasSpec = defineResource({
  type: "LinkAliasSpecs.net.talos.dev",
  namespace: "network",
  spec: {
    alias: string(1),
  },
  columns: { Alias: "{.alias}" },
});

export type LinkAliasSpec = typeof LinkAliasSpec.Type;
