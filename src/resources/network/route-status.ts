import { defineResource } from "../define.ts";
import { address, prefix, string, uint32 } from "../fields/index.ts";
import { family, scope } from "./address-names.ts";
import { routeFlags, routeProtocol, routeType, routingTable } from "./route-names.ts";

/** A route as the kernel has it now. */
export const RouteStatus = defineResource({
  type: "RouteStatuses.net.talos.dev",
  aliases: ["route", "routes"],
  namespace: "network",
  spec: {
    family: family(1),
    dst: prefix(2),
    src: address(3),
    gateway: address(4),
    outLinkIndex: uint32(5).optional(),
    outLinkName: string(6).optional(),
    table: routingTable(7),
    priority: uint32(8),
    scope: scope(9),
    type: routeType(10),
    flags: routeFlags(11),
    protocol: routeProtocol(12),
    mtu: uint32(13).optional(),
  },
  columns: { Destination: "{.dst}", Gateway: "{.gateway}", Link: "{.outLinkName}", Metric: "{.priority}" },
});

export type RouteStatus = typeof RouteStatus.Type;
