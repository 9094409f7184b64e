import { defineResource } from "../define.ts";
import { address, prefix, string, uint32 } from "../fields/index.ts";
import { family, scope } from "./address-names.ts";
import { configLayer } from "./config-names.ts";
import { routeFlags, routeProtocol, routeType, routingTable } from "./route-names.ts";

/** A route that should be. */
export const RouteSpec = defineResource({
  type: "RouteSpecs.net.talos.dev",
  namespace: "network",
  spec: {
    family: family(1),
    dst: prefix(2),
    src: address(3),
    gateway: address(4),
    outLinkName: string(5).optional(),
    table: routingTable(6),
    priority: uint32(7).optional(),
    scope: scope(8),
    type: routeType(9),
    flags: routeFlags(10),
    protocol: routeProtocol(11),
    layer: configLayer(12),
    mtu: uint32(13).optional(),
  },
});

export type RouteSpec = typeof RouteSpec.Type;
