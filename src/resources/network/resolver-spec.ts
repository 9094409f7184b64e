import { defineResource } from "../define.ts";
import { address, string } from "../fields/index.ts";
import { configLayer } from "./config-names.ts";

/** DNS servers that should be used. */
export const ResolverSpec = defineResource({
  type: "ResolverSpecs.net.talos.dev",
  namespace: "network",
  spec: {
    dnsServers: address(1).list(),
    layer: configLayer(2),
    searchDomains: string(3).list().optional(),
  },
  columns: { Layer: "{.layer}", Resolvers: "{.dnsServers}", "Search Domains": "{.searchDomains}" },
});

export type ResolverSpec = typeof ResolverSpec.Type;
