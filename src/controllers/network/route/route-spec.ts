import { defineController } from "../../../cosi/controller.ts";
import { messageOf } from "../../../errors/message.ts";
import type { RouteProtocol, RouteType } from "../../../netlink/rtnetlink/constants.ts";
import type { Link } from "../../../netlink/rtnetlink/link.ts";
import type { Route } from "../../../netlink/rtnetlink/route.ts";
import type { Rtnetlink, RouteSpec as WantedRoute } from "../../../netlink/rtnetlink/rtnetlink.ts";
import { RouteSpec } from "../../../resources/network/route-spec.ts";
import { kernelNewsToActOn } from "../kernel-news.ts";
import { ofLatest } from "../of-latest.ts";
import { sameObjects } from "../same-objects.ts";

const retryMs = 5_000;

/** Gives the kernel the routes that there should be, and takes those away that nobody wants any more. */
export const routeSpecController = (rtnetlink: Rtnetlink) => {
  const told = new Map<string, { readonly sinceMs: number; readonly said: string }>();
  /** What there was when a route was as it should be. */
  const satisfied = new Map<string, readonly unknown[]>();
  const byName = ofLatest((links: readonly Link[]) => new Map(links.map((link) => [link.name, link])));
  const byKey = ofLatest((routes: readonly Route[]) => Map.groupBy(routes, keyOfKernel));
  return defineController({
    name: "network.RouteSpecController",
    inputs: [{ kind: RouteSpec, strength: "strong" }],
    outputs: [],
    // A route needs its link to be up, and an address to leave with.
    wakeOn: (signal) => kernelNewsToActOn(signal, (all) => rtnetlink.news(["route", "address", "link"], all)),
    async reconcile(context) {
      // Ways to gateways before what leads through them.
      const specs = (await context.list(RouteSpec)).sort((a, b) => rankOf(a.spec) - rankOf(b.spec));
      const known = new Set(specs.map(({ metadata }) => metadata.id));
      for (const map of [told, satisfied]) for (const id of map.keys()) if (!known.has(id)) map.delete(id);
      if (specs.length === 0) return;
      const links = byName(rtnetlink.links());
      const routes = byKey(rtnetlink.routes());
      for (const resource of specs) {
        const { metadata, spec } = resource;
        const link = links.get(spec.outLinkName ?? "");
        const same = routes.get(wantedKey(spec)) ?? [];
        const now = [resource, link, ...same];
        if (sameObjects(satisfied.get(metadata.id), now)) continue;
        satisfied.delete(metadata.id);
        const before = rtnetlink.changesAsked;
        try {
          if (metadata.phase === "tearingDown") {
            for (const route of same) rtnetlink.removeRoute(ofKernel(route));
            await context.removeFinalizer(RouteSpec, metadata.id);
          } else {
            await context.addFinalizer(RouteSpec, metadata.id);
            // The kernel has no routes through links that are down; it tells when one comes up.
            if (link?.isUp !== true) continue;
            for (const route of same) if (!isSo(route, spec, link.index)) rtnetlink.removeRoute(ofKernel(route));
            // Another way there of the same rank stays: replacing each other they would never come to rest.
            if (!same.some((route) => isSo(route, spec, link.index)))
              rtnetlink.appendRoute(wantedRoute(spec, link.index));
            if (rtnetlink.changesAsked === before) satisfied.set(metadata.id, now);
          }
          told.delete(metadata.id);
        } catch (thrown) {
          // Mostly the address to leave with is a moment late: only what lasts is worth a word.
          const { sinceMs, said } = told.get(metadata.id) ?? { sinceMs: performance.now(), said: "" };
          const lasts = performance.now() - sinceMs >= retryMs;
          const problem = messageOf(thrown);
          if (lasts && said !== problem) context.log("warn", problem);
          told.set(metadata.id, { sinceMs, said: lasts ? problem : said });
          context.requeueAfter(retryMs);
        }
      }
    },
  });
};

const rankOf = ({ scope }: RouteSpec): number => (scope === "link" ? 0 : 1);

type RouteKey = Pick<Route, "family" | "destination" | "gateway" | "table" | "metric">;

/** What tells routes apart, whatever their other details. */
const keyOf = ({ family, destination = "", gateway = "", table, metric }: RouteKey): string =>
  `${family} ${destination} ${gateway} ${table} ${metric}`;

const keysOfKernel = new WeakMap<Route, string>();

/** There are thousands, and most are those of before. */
const keyOfKernel = (route: Route): string => keysOfKernel.getOrInsertComputed(route, keyOf);

const wantedKey = ({ family, dst, gateway, table, priority = 0 }: RouteSpec): string =>
  keyOf({ family, destination: networkOf(dst), gateway, table, metric: priority });

function isSo(route: Route, { src, scope, protocol, mtu = 0 }: RouteSpec, linkIndex: number): boolean {
  return (
    route.linkIndex === linkIndex &&
    (src === "" || route.source === src) &&
    (route.family === "inet6" || route.scope === scope) &&
    route.protocol === protocol &&
    (route.mtu ?? 0) === mtu
  );
}

/** Everything has no destination. */
const networkOf = (dst: string): string => (dst === "0.0.0.0/0" || dst === "::/0" ? "" : dst);

function wantedRoute(
  { family, dst, src, gateway, table, priority, scope, type, protocol, mtu }: RouteSpec,
  link: number,
): WantedRoute {
  return {
    ...{ family, link, table, scope: known(scope), type: known<keyof typeof RouteType>(type) },
    protocol: known<keyof typeof RouteProtocol>(protocol),
    ...(networkOf(dst) === "" ? {} : { destination: dst }),
    ...(gateway === "" ? {} : { gateway }),
    ...(src === "" ? {} : { source: src }),
    ...(priority === undefined ? {} : { metric: priority }),
    ...(mtu === undefined || mtu === 0 ? {} : { mtu }),
  };
}

/** Names of the resource that the kernel's tables have too: those that we ever write. */
const known = <Name extends string>(name: string): Name => name as Name;

const ofKernel = ({ family, destination, gateway, linkIndex, metric, table, source }: Route): WantedRoute => ({
  ...{ family, link: linkIndex, metric, table, scope: "nowhere", protocol: "unspecified" },
  ...(destination === undefined ? {} : { destination }),
  ...(gateway === undefined ? {} : { gateway }),
  ...(source === undefined ? {} : { source }),
});
