import { defineController } from "../../../cosi/controller.ts";
import type { Route } from "../../../netlink/rtnetlink/route.ts";
import type { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import { scope } from "../../../resources/network/address-names.ts";
import { routeProtocol, routeType } from "../../../resources/network/route-names.ts";
import { RouteStatus } from "../../../resources/network/route-status.ts";
import { kernelNews } from "../kernel-news.ts";
import { linkNames } from "../link/link-lookup.ts";
import { ofLatest } from "../of-latest.ts";
import { ShownByLink } from "../shown-by-link.ts";

/** Shows the kernel's routes as RouteStatus resources. */
export const routeStatusController = (rtnetlink: Rtnetlink) => {
  const shown = new ShownByLink<Route, RouteStatus>({
    kind: RouteStatus,
    show: (route, linkName = "") => [routeId(route, linkName), specOf(route, linkName)],
  });
  const namesOf = ofLatest(linkNames);
  return defineController({
    name: "network.RouteStatusController",
    inputs: [],
    outputs: [{ kind: RouteStatus, sharing: "exclusive" }],
    wakeOn: (signal) => kernelNews(signal, (all) => rtnetlink.news(["route", "link"], all)),
    async reconcile(context) {
      const names = namesOf(rtnetlink.links());
      await shown.put(context, rtnetlink.routesByLink(), names);
    },
  });
};

const specOf = (route: Route, outLinkName: string): RouteStatus => ({
  family: route.family,
  dst: route.destination ?? "",
  src: route.source ?? "",
  gateway: route.gateway ?? "",
  outLinkIndex: route.linkIndex,
  outLinkName,
  table: route.table,
  priority: route.metric,
  scope: nameKnown(scope.numbers, route.scope, "global"),
  type: nameKnown(routeType.numbers, route.type, "unspec"),
  flags: route.flags,
  protocol: nameKnown(routeProtocol.numbers, route.protocol, "unspec"),
  mtu: route.mtu ?? 0,
});

/** `inet4/10.0.2.2//1024`; the table comes first unless it is the main one, and IPv6 is per link. */
export function routeId(route: Route, linkName: string): string {
  const { family, gateway = "", destination = "", metric, tableName } = route;
  const table = tableName === "main" ? "" : `${tableName}/`;
  const link = family === "inet6" ? `${linkName}/` : "";
  return `${table}${link}${family}/${gateway}/${destination}/${metric}`;
}

/** The name if the resource knows it: kernels grow new ones. */
function nameKnown<Name extends string>(names: Readonly<Record<Name, number>>, name: string, otherwise: Name): Name {
  return name in names ? (name as Name) : otherwise;
}
