import { defineResource } from "../define.ts";
import { address, message } from "../fields/index.ts";
import { PlatformMetadata } from "../runtime/platform-metadata.ts";
import { AddressSpec } from "./address-spec.ts";
import { HostnameSpec } from "./hostname-spec.ts";
import { LinkSpec } from "./link-spec.ts";
import { OperatorSpec } from "./operator-spec.ts";
import { ProbeSpec } from "./probe-spec.ts";
import { ResolverSpec } from "./resolver-spec.ts";
import { RouteSpec } from "./route-spec.ts";
import { TimeServerSpec } from "./time-server-spec.ts";

/** What the platform says about the network. */
export const PlatformConfig = defineResource({
  type: "PlatformConfigs.net.talos.dev",
  namespace: "network",
  spec: {
    addresses: message(1, AddressSpec.fields).list(),
    links: message(2, LinkSpec.fields).list(),
    routes: message(3, RouteSpec.fields).list(),
    hostnames: message(4, HostnameSpec.fields).list(),
    resolvers: message(5, ResolverSpec.fields).list(),
    timeServers: message(6, TimeServerSpec.fields).list(),
    operators: message(7, OperatorSpec.fields).list(),
    externalIPs: address(8).list(),
    probes: message(9, ProbeSpec.fields).list().optional(),
    metadata: message(10, PlatformMetadata.fields).nullable(),
  },
});

export type PlatformConfig = typeof PlatformConfig.Type;
