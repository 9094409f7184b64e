import { defineResource } from "../define.ts";
import { address, string } from "../fields/index.ts";

/** The DNS servers in use. */
export const ResolverStatus = defineResource({
  type: "ResolverStatuses.net.talos.dev",
  aliases: ["resolvers"],
  namespace: "network",
  spec: {
    dnsServers: address(1).list(),
    searchDomains: string(2).list(),
  },
  columns: { Resolvers: "{.dnsServers}", "Search Domains": "{.searchDomains}" },
});

export type ResolverStatus = typeof ResolverStatus.Type;
