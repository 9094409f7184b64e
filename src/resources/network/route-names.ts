import { enumeration, flags } from "../fields/enumeration.ts";
import { shownNumber } from "../fields/scalar.ts";

// Numbers of <linux/rtnetlink.h>, and the names people see.

export const routeType = enumeration({
  unspec: 0,
  unicast: 1,
  local: 2,
  broadcast: 3,
  anycast: 4,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
  throw: 9,
  nat: 10,
  xresolve: 11,
});

export const routeProtocol = enumeration({
  unspec: 0,
  redirect: 1,
  kernel: 2,
  boot: 3,
  static: 4,
  ra: 9,
  mrt: 10,
  zebra: 11,
  bird: 12,
  dnrouted: 13,
  xorp: 14,
  ntk: 15,
  dhcp: 16,
  mrtd: 17,
  keepalived: 18,
  babel: 42,
  openr: 99,
  bgp: 186,
  isis: 187,
  ospf: 188,
  rip: 189,
  eigrp: 192,
});

export const routeFlags = flags({
  notify: 256,
  cloned: 512,
  equalize: 1024,
  prefix: 2048,
  lookup_table: 4096,
  fib_match: 8192,
  offload: 16384,
  trap: 32768,
});

const wellKnownTables: Readonly<Record<number, string>> = { 0: "unspec", 253: "default", 254: "main", 255: "local" };

/** A routing table's number; the well-known ones are shown by name. */
export const routingTable = shownNumber({
  name: "routing table",
  show: (table) => wellKnownTables[table] ?? String(table),
  parse: (text) => {
    const [known] = Object.entries(wellKnownTables).find(([, name]) => name === text) ?? [];
    return known !== undefined || /^\d{1,10}$/.test(text) ? Number(known ?? text) : undefined;
  },
});
