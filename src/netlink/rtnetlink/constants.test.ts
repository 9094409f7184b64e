import { expect, test } from "bun:test";
import { cConstants, cLayout, layoutOf } from "../../linux/testing/c-headers.ts";
import { addressHeader, addressLifetime } from "./address.ts";
import {
  AddressAttribute,
  AddressFlag,
  InterfaceFlag,
  LinkAttribute,
  LinkInfo,
  linkFilterSkipStatistics,
  NeighbourAttribute,
  NeighbourState,
  nextHopOnLink,
  RouteAttribute,
  RouteGroup,
  RouteMessage,
  RouteProtocol,
  RouteScope,
  RouteTable,
  RouteType,
  RuleAction,
  RuleAttribute,
  ruleIsInverted,
} from "./constants.ts";
import { interfaceHeader, operationalStates } from "./link.ts";
import { neighbourHeader } from "./neighbour.ts";
import { routeHeader } from "./route.ts";
import { ruleHeader } from "./rule.ts";

const headers = [
  "sys/socket.h",
  "linux/rtnetlink.h",
  "linux/if.h",
  "linux/if_link.h",
  "linux/if_addr.h",
  "linux/veth.h",
  "linux/fib_rules.h",
  "linux/neighbour.h",
];

/** `RTM_NEWLINK` for ours `newLink`, by table. */
const tables: readonly (readonly [ours: Readonly<Record<string, number>>, names: Readonly<Record<string, string>>])[] =
  [
    [
      RouteMessage,
      {
        newLink: "RTM_NEWLINK",
        deleteLink: "RTM_DELLINK",
        getLink: "RTM_GETLINK",
        newAddress: "RTM_NEWADDR",
        deleteAddress: "RTM_DELADDR",
        getAddress: "RTM_GETADDR",
        newRoute: "RTM_NEWROUTE",
        deleteRoute: "RTM_DELROUTE",
        getRoute: "RTM_GETROUTE",
        newNeighbour: "RTM_NEWNEIGH",
        deleteNeighbour: "RTM_DELNEIGH",
        getNeighbour: "RTM_GETNEIGH",
        newRule: "RTM_NEWRULE",
        deleteRule: "RTM_DELRULE",
        getRule: "RTM_GETRULE",
      },
    ],
    [
      RouteGroup,
      {
        link: "RTMGRP_LINK",
        neighbour: "RTMGRP_NEIGH",
        inet4Rule: "1 << (RTNLGRP_IPV4_RULE - 1)",
        inet6Rule: "1 << (RTNLGRP_IPV6_RULE - 1)",
        inet4Address: "RTMGRP_IPV4_IFADDR",
        inet4Route: "RTMGRP_IPV4_ROUTE",
        inet6Address: "RTMGRP_IPV6_IFADDR",
        inet6Route: "RTMGRP_IPV6_ROUTE",
      },
    ],
    [
      { ...LinkAttribute, skipStatistics: linkFilterSkipStatistics },
      {
        filter: "IFLA_EXT_MASK",
        skipStatistics: "RTEXT_FILTER_SKIP_STATS",
        hardwareAddress: "IFLA_ADDRESS",
        broadcastAddress: "IFLA_BROADCAST",
        name: "IFLA_IFNAME",
        mtu: "IFLA_MTU",
        parent: "IFLA_LINK",
        queueDiscipline: "IFLA_QDISC",
        master: "IFLA_MASTER",
        operationalState: "IFLA_OPERSTATE",
        info: "IFLA_LINKINFO",
        alias: "IFLA_IFALIAS",
        namespaceFile: "IFLA_NET_NS_FD",
        carrierChanges: "IFLA_CARRIER_CHANGES",
        propertyList: "IFLA_PROP_LIST",
        alternativeName: "IFLA_ALT_IFNAME",
        permanentAddress: "IFLA_PERM_ADDRESS",
      },
    ],
    [
      LinkInfo,
      { kind: "IFLA_INFO_KIND", data: "IFLA_INFO_DATA", slaveKind: "IFLA_INFO_SLAVE_KIND", vethPeer: "VETH_INFO_PEER" },
    ],
    [
      InterfaceFlag,
      {
        up: "IFF_UP",
        broadcast: "IFF_BROADCAST",
        loopback: "IFF_LOOPBACK",
        pointToPoint: "IFF_POINTOPOINT",
        running: "IFF_RUNNING",
        multicast: "IFF_MULTICAST",
        lowerUp: "IFF_LOWER_UP",
      },
    ],
    [
      AddressAttribute,
      {
        address: "IFA_ADDRESS",
        local: "IFA_LOCAL",
        label: "IFA_LABEL",
        broadcast: "IFA_BROADCAST",
        cacheInfo: "IFA_CACHEINFO",
        flags: "IFA_FLAGS",
        routePriority: "IFA_RT_PRIORITY",
      },
    ],
    [
      AddressFlag,
      {
        temporary: "IFA_F_TEMPORARY",
        noDad: "IFA_F_NODAD",
        dadFailed: "IFA_F_DADFAILED",
        deprecated: "IFA_F_DEPRECATED",
        tentative: "IFA_F_TENTATIVE",
        permanent: "IFA_F_PERMANENT",
        managed: "IFA_F_MANAGETEMPADDR",
        noPrefixRoute: "IFA_F_NOPREFIXROUTE",
      },
    ],
    [
      { ...RouteAttribute, onLink: nextHopOnLink },
      {
        destination: "RTA_DST",
        outInterface: "RTA_OIF",
        gateway: "RTA_GATEWAY",
        priority: "RTA_PRIORITY",
        preferredSource: "RTA_PREFSRC",
        metrics: "RTA_METRICS",
        table: "RTA_TABLE",
        mtu: "RTAX_MTU",
        onLink: "RTNH_F_ONLINK",
      },
    ],
    [
      RouteScope,
      {
        global: "RT_SCOPE_UNIVERSE",
        site: "RT_SCOPE_SITE",
        link: "RT_SCOPE_LINK",
        host: "RT_SCOPE_HOST",
        nowhere: "RT_SCOPE_NOWHERE",
      },
    ],
    [
      RouteType,
      {
        unspecified: "RTN_UNSPEC",
        unicast: "RTN_UNICAST",
        local: "RTN_LOCAL",
        broadcast: "RTN_BROADCAST",
        anycast: "RTN_ANYCAST",
        multicast: "RTN_MULTICAST",
        blackhole: "RTN_BLACKHOLE",
        unreachable: "RTN_UNREACHABLE",
        prohibit: "RTN_PROHIBIT",
      },
    ],
    [
      RouteProtocol,
      {
        unspecified: "RTPROT_UNSPEC",
        redirect: "RTPROT_REDIRECT",
        kernel: "RTPROT_KERNEL",
        boot: "RTPROT_BOOT",
        static: "RTPROT_STATIC",
        ra: "RTPROT_RA",
        dhcp: "RTPROT_DHCP",
      },
    ],
    [
      RouteTable,
      { unspecified: "RT_TABLE_UNSPEC", default: "RT_TABLE_DEFAULT", main: "RT_TABLE_MAIN", local: "RT_TABLE_LOCAL" },
    ],
    [
      { ...RuleAttribute, isInverted: ruleIsInverted },
      {
        destination: "FRA_DST",
        source: "FRA_SRC",
        inInterface: "FRA_IIFNAME",
        priority: "FRA_PRIORITY",
        mark: "FRA_FWMARK",
        suppressPrefixLength: "FRA_SUPPRESS_PREFIXLEN",
        table: "FRA_TABLE",
        markMask: "FRA_FWMASK",
        outInterface: "FRA_OIFNAME",
        isInverted: "FIB_RULE_INVERT",
      },
    ],
    [
      RuleAction,
      {
        table: "FR_ACT_TO_TBL",
        blackhole: "FR_ACT_BLACKHOLE",
        unreachable: "FR_ACT_UNREACHABLE",
        prohibit: "FR_ACT_PROHIBIT",
      },
    ],
    [
      { ...NeighbourAttribute, ...NeighbourState },
      {
        destination: "NDA_DST",
        hardwareAddress: "NDA_LLADDR",
        none: "NUD_NONE",
        incomplete: "NUD_INCOMPLETE",
        reachable: "NUD_REACHABLE",
        stale: "NUD_STALE",
        delay: "NUD_DELAY",
        probe: "NUD_PROBE",
        failed: "NUD_FAILED",
        noArp: "NUD_NOARP",
        permanent: "NUD_PERMANENT",
      },
    ],
    [
      Object.fromEntries(operationalStates.map((state, index) => [state, index])),
      {
        unknown: "IF_OPER_UNKNOWN",
        notPresent: "IF_OPER_NOTPRESENT",
        down: "IF_OPER_DOWN",
        lowerLayerDown: "IF_OPER_LOWERLAYERDOWN",
        testing: "IF_OPER_TESTING",
        dormant: "IF_OPER_DORMANT",
        up: "IF_OPER_UP",
      },
    ],
  ];

test("constants are the kernel's", () => {
  const pairs = tables.flatMap(([ours, names]) =>
    Object.keys(ours).map((key) => [names[key] ?? key, ours[key]] as const),
  );
  const values = cConstants(
    headers,
    pairs.map(([name]) => name),
  );
  expect(Object.fromEntries(pairs)).toEqual(values);
});

test("structs have the layout of the C compiler", () => {
  const layouts = [
    {
      type: "struct ifinfomsg",
      ours: layoutOf(interfaceHeader, {
        family: "ifi_family",
        type: "ifi_type",
        index: "ifi_index",
        change: "ifi_change",
      }),
    },
    {
      type: "struct ifaddrmsg",
      ours: layoutOf(addressHeader, { family: "ifa_family", scope: "ifa_scope", linkIndex: "ifa_index" }),
    },
    {
      type: "struct ifa_cacheinfo",
      ours: layoutOf(addressLifetime, { preferred: "ifa_prefered", valid: "ifa_valid", created: "cstamp" }),
    },
    {
      type: "struct rtmsg",
      ours: layoutOf(routeHeader, {
        destinationLength: "rtm_dst_len",
        table: "rtm_table",
        protocol: "rtm_protocol",
        type: "rtm_type",
        flags: "rtm_flags",
      }),
    },
    {
      type: "struct fib_rule_hdr",
      ours: layoutOf(ruleHeader, {
        family: "family",
        destinationLength: "dst_len",
        sourceLength: "src_len",
        table: "table",
        action: "action",
        flags: "flags",
      }),
    },
    {
      type: "struct ndmsg",
      ours: layoutOf(neighbourHeader, {
        family: "ndm_family",
        linkIndex: "ndm_ifindex",
        state: "ndm_state",
        flags: "ndm_flags",
        type: "ndm_type",
      }),
    },
  ];
  for (const { type, ours } of layouts) expect(ours).toEqual(cLayout(headers, type, Object.keys(ours.offsets)));
});
