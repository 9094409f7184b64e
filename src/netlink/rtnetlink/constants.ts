/** Message types of rtnetlink, from <linux/rtnetlink.h>. */
export const RouteMessage = {
  newLink: 16,
  deleteLink: 17,
  getLink: 18,
  newAddress: 20,
  deleteAddress: 21,
  getAddress: 22,
  newRoute: 24,
  deleteRoute: 25,
  getRoute: 26,
  newNeighbour: 28,
  deleteNeighbour: 29,
  getNeighbour: 30,
  newRule: 32,
  deleteRule: 33,
  getRule: 34,
} as const;

/** Multicast groups as bits, RTMGRP_* and RTNLGRP_* of <linux/rtnetlink.h>. */
export const RouteGroup = {
  link: 1,
  neighbour: 4,
  inet4Rule: 0x80,
  inet6Rule: 0x40000,
  inet4Address: 0x10,
  inet4Route: 0x40,
  inet6Address: 0x100,
  inet6Route: 0x400,
} as const;

/** IFLA_* of <linux/if_link.h>. */
export const LinkAttribute = {
  hardwareAddress: 1,
  broadcastAddress: 2,
  name: 3,
  mtu: 4,
  parent: 5,
  queueDiscipline: 6,
  master: 10,
  operationalState: 16,
  info: 18,
  alias: 20,
  namespaceFile: 28,
  filter: 29,
  carrierChanges: 35,
  propertyList: 52,
  alternativeName: 53,
  permanentAddress: 54,
} as const;

/** RTEXT_FILTER_SKIP_STATS of <linux/rtnetlink.h>. */
export const linkFilterSkipStatistics = 8;

/** IFLA_INFO_* of <linux/if_link.h>, and VETH_INFO_PEER of <linux/veth.h>. */
export const LinkInfo = { kind: 1, data: 2, slaveKind: 4, vethPeer: 1 } as const;

/** IFF_* of <linux/if.h>. */
export const InterfaceFlag = {
  up: 1,
  broadcast: 2,
  loopback: 8,
  pointToPoint: 0x10,
  running: 0x40,
  multicast: 0x1000,
  lowerUp: 0x10000,
} as const;

/** IFA_* attributes and IFA_F_* flags of <linux/if_addr.h>. */
export const AddressAttribute = {
  ...{ address: 1, local: 2, label: 3, broadcast: 4, cacheInfo: 6, flags: 8, routePriority: 9 },
} as const;
export const AddressFlag = {
  temporary: 1,
  noDad: 2,
  dadFailed: 8,
  deprecated: 0x20,
  tentative: 0x40,
  permanent: 0x80,
  managed: 0x100,
  noPrefixRoute: 0x200,
} as const;

/** RTA_* of <linux/rtnetlink.h>; RTAX_MTU is nested in `metrics`. */
export const RouteAttribute = {
  destination: 1,
  outInterface: 4,
  gateway: 5,
  priority: 6,
  preferredSource: 7,
  metrics: 8,
  table: 15,
  mtu: 2,
} as const;
/** RTNH_F_ONLINK of <linux/rtnetlink.h>. */
export const nextHopOnLink = 4;

/** FRA_* and FR_ACT_* of <linux/fib_rules.h>. */
export const RuleAttribute = {
  destination: 1,
  source: 2,
  inInterface: 3,
  priority: 6,
  mark: 10,
  suppressPrefixLength: 14,
  table: 15,
  markMask: 16,
  outInterface: 17,
} as const;
export const RuleAction = { table: 1, blackhole: 6, unreachable: 7, prohibit: 8 } as const;
/** FIB_RULE_INVERT of <linux/fib_rules.h>. */
export const ruleIsInverted = 2;

/** NDA_* and NUD_* of <linux/neighbour.h>. */
export const NeighbourAttribute = { destination: 1, hardwareAddress: 2 } as const;
export const NeighbourState = {
  none: 0,
  incomplete: 1,
  reachable: 2,
  stale: 4,
  delay: 8,
  probe: 0x10,
  failed: 0x20,
  noArp: 0x40,
  permanent: 0x80,
} as const;

/** RT_SCOPE_*, RTN_* and RTPROT_* of <linux/rtnetlink.h>, under the names people use. */
export const RouteScope = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 } as const;
export const RouteType = {
  unspecified: 0,
  unicast: 1,
  local: 2,
  broadcast: 3,
  anycast: 4,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
} as const;
export const RouteProtocol = { unspecified: 0, redirect: 1, kernel: 2, boot: 3, static: 4, ra: 9, dhcp: 16 } as const;
export const RouteTable = { unspecified: 0, default: 253, main: 254, local: 255 } as const;

/** Each table, from the kernel's numbers to its names. */
const names = new WeakMap<Readonly<Record<string, number>>, ReadonlyMap<number, string>>();

/** The key of a value, for tables that map a name to the kernel's number. */
export function nameOf<T extends Readonly<Record<string, number>>>(
  table: T,
  value: number,
): (keyof T & string) | undefined {
  let byNumber = names.get(table);
  if (byNumber === undefined) {
    // Of two names for a number, the first.
    byNumber = new Map(
      Object.entries(table)
        .map(([name, number]) => [number, name] as const)
        .reverse(),
    );
    names.set(table, byNumber);
  }
  return byNumber.get(value);
}
