import type { PlatformConfig } from "../../../resources/network/platform-config.ts";

/** What a platform says that says nothing. */
export const nothingSaid: PlatformConfig = {
  ...{ addresses: [], links: [], routes: [], hostnames: [], resolvers: [], timeServers: [], operators: [] },
  externalIPs: [],
};
