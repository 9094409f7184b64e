import type { Lease } from "../../../net/dhcp4/lease.ts";
import type { Dhcp6Lease } from "../../../net/dhcp6/client.ts";
import { AddressFlag } from "../../../netlink/rtnetlink/constants.ts";
import type { AddressSpec } from "../../../resources/network/address-spec.ts";
import type { HostnameSpec } from "../../../resources/network/hostname-spec.ts";
import type { LinkSpec } from "../../../resources/network/link-spec.ts";
import type { OperatorSpec } from "../../../resources/network/operator-spec.ts";
import type { ResolverSpec } from "../../../resources/network/resolver-spec.ts";
import type { RouteSpec } from "../../../resources/network/route-spec.ts";
import type { TimeServerSpec } from "../../../resources/network/time-server-spec.ts";
import { hostnameSpec } from "../name/hostname.ts";
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
  const { address, prefixLength, mtu, dns, searchDomains, ntp } = lease;
  const prefix = `dhcp4/${linkName}`;
  const own = `${address}/${prefixLength}`;
  const metric = dhcp4?.routeMetric ?? usualMetric;
  to.addresses.set(`${prefix}/${linkName}/${own}`, addressSpec(layer, linkName, own, metric));
  if (mtu !== undefined) to.links.set(`${prefix}/${linkName}`, { ...plainLink(linkName, layer), mtu });
  for (const route of routesOf(lease, linkName, metric)) {
    to.routes.set(`${prefix}/${routeSpecId(route)}`, route);
  }
  const named = dhcp4?.skipHostnameRequest ? undefined : leasedName(lease);
  if (named !== undefined) to.hostnames.set(`${prefix}/hostname`, named);
  if (dns.length > 0) to.resolvers.set(`${prefix}/resolvers`, { dnsServers: dns, searchDomains, layer });
  if (ntp.length > 0) to.timeServers.set(`${prefix}/timeservers`, { timeServers: ntp, layer });
}

/** The name that a lease gives the machine; undefined when there is none that can be one. */
export function leasedName({ hostname, domain = "" }: Lease): HostnameSpec | undefined {
  const fullName = hostname === undefined || hostname.includes(".") ? hostname : `${hostname}.${domain}`;
  return hostnameSpec(fullName ?? "", layer);
}

/** The same for IPv6. Routes come from routers, not from servers. */
export function addLease6(to: OperatorWishes, { linkName, dhcp6 }: OperatorSpec, lease: Dhcp6Lease): void {
  const { addresses, dns, searchDomains, ntp, fullName = "" } = lease;
  const prefix = `dhcp6/${linkName}`;
  for (const address of addresses) {
    const own = `${address}/128`;
    to.addresses.set(`${prefix}/${linkName}/${own}`, addressSpec(layer, linkName, own));
  }
  const named = dhcp6?.skipHostnameRequest ? undefined : hostnameSpec(fullName, layer);
  if (named !== undefined) to.hostnames.set(`${prefix}/hostname`, named);
  if (dns.length > 0) to.resolvers.set(`${prefix}/resolvers`, { dnsServers: dns, searchDomains, layer });
  if (ntp.length > 0) to.timeServers.set(`${prefix}/timeservers`, { timeServers: ntp, layer });
}

/** Adds the shared address that this machine has been elected for: in use at once, and told to all neighbours. */
export function addShared(to: OperatorWishes, { linkName, vip }: OperatorSpec): void {
  const address = vip?.ip ?? "";
  const isInet6 = address.includes(":");
  const own = `${address}/${isInet6 ? 128 : 32}`;
  const spec = addressSpec(layer, linkName, own);
  // The lock says that it is nobody else's: there is no need to ask the neighbours for a second first.
  const flags = isInet6 ? spec.flags | AddressFlag.noDad : spec.flags;
  const announceWithARP = vip?.gratuitousARP ?? false;
  to.addresses.set(`vip/${linkName}/${linkName}/${own}`, { ...spec, flags, announceWithARP });
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
