import type { Lease } from "../../../net/dhcp4/lease.ts";
import type { AddressSpec } from "../../../resources/network/address-spec.ts";
import type { HostnameSpec } from "../../../resources/network/hostname-spec.ts";
import type { LinkSpec } from "../../../resources/network/link-spec.ts";
import type { OperatorSpec } from "../../../resources/network/operator-spec.ts";
import type { ResolverSpec } from "../../../resources/network/resolver-spec.ts";
import type { RouteSpec } from "../../../resources/network/route-spec.ts";
import type { TimeServerSpec } from "../../../resources/network/time-server-spec.ts";
import { hostnameSpec } from "../hostname.ts";
import { addressSpec, gatewayRoutes, plainLink, routeSpec, routeSpecId, usualMetric } from "./specs.ts";

const layer = "operator";

/** All that operators ask for, by id. */
export interface OperatorWishes {
  readonly addresses: Map<string, AddressSpec>;
  readonly links: Map<string, LinkSpec>;
  readonly routes: Map<string, RouteSpec>;
  readonly hostnames: Map<string, HostnameSpec>;
  readonly resolvers: Map<string, ResolverSpec>;
  readonly timeServers: Map<string, TimeServerSpec>;
}

export const noWishes = (): OperatorWishes => ({
  ...{ addresses: new Map(), links: new Map(), routes: new Map() },
  ...{ hostnames: new Map(), resolvers: new Map(), timeServers: new Map() },
});

/** Adds what follows from a lease, under ids that begin with the operator's. */
export function addLease(to: OperatorWishes, { linkName, dhcp4 }: OperatorSpec, lease: Lease): void {
  const { address, prefixLength, mtu, hostname, domain = "", dns, searchDomains, ntp } = lease;
  const prefix = `dhcp4/${linkName}`;
  const own = `${address}/${prefixLength}`;
  const metric = dhcp4?.routeMetric ?? usualMetric;
  to.addresses.set(`${prefix}/${linkName}/${own}`, addressSpec(layer, linkName, own, metric));
  if (mtu !== undefined) to.links.set(`${prefix}/${linkName}`, { ...plainLink(linkName, layer), mtu });
  for (const route of routesOf(lease, linkName, metric)) {
    to.routes.set(`${prefix}/${routeSpecId(route)}`, route);
  }
  const fullName = hostname === undefined || hostname.includes(".") ? hostname : `${hostname}.${domain}`;
  const named = dhcp4?.skipHostnameRequest ? undefined : hostnameSpec(fullName ?? "", layer);
  if (named !== undefined) to.hostnames.set(`${prefix}/hostname`, named);
  if (dns.length > 0) to.resolvers.set(`${prefix}/resolvers`, { dnsServers: dns, searchDomains, layer });
  if (ntp.length > 0) to.timeServers.set(`${prefix}/timeservers`, { timeServers: ntp, layer });
}

/** Adds the shared address that this machine has been elected for. */
export function addShared(to: OperatorWishes, { linkName, vip }: OperatorSpec): void {
  const address = vip?.ip ?? "";
  const own = `${address}/${address.includes(":") ? 128 : 32}`;
  const announceWithARP = (vip?.gratuitousARP ?? false) && !address.includes(":");
  const spec = { ...addressSpec(layer, linkName, own), announceWithARP };
  to.addresses.set(`vip/${linkName}/${address}/${linkName}/${own}`, spec);
}

function routesOf({ address, prefixLength, routes }: Lease, link: string, metric: number): RouteSpec[] {
  return routes.flatMap(({ destination, gateway }) => {
    const isDefault = destination === "0.0.0.0/0";
    if (isDefault && gateway !== undefined) {
      const found = gatewayRoutes(layer, link, `${address}/${prefixLength}`, gateway, metric);
      return found.map((route) => ({ ...route, src: address }));
    }
    const common = { layer, outLinkName: link, priority: metric, protocol: "boot", src: address } as const;
    return routeSpec({ ...common, dst: destination, ...(gateway === undefined ? {} : { gateway }) });
  });
}
