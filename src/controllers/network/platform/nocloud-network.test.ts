import { expect, test } from "bun:test";
import { readNetworkConfig } from "../../../platform/nocloud/network-config.ts";
import { LinkStatus } from "../../../resources/network/link-status.ts";
import { nocloudNetwork } from "./nocloud-network.ts";

const link = (given: Partial<LinkStatus>): LinkStatus => ({
  ...LinkStatus.decodeProto(new Uint8Array()),
  type: "ether",
  ...given,
});
const links = new Map([
  // Its address is that of its member, which is meant.
  ["bond0", link({ kind: "bond", hardwareAddr: "52:54:00:00:00:01" })],
  ["eth0", link({ hardwareAddr: "52:54:00:00:00:01" })],
  // A member of a bond shows the bond's address.
  ["eth1", link({ hardwareAddr: "52:54:00:00:00:01", permanentAddr: "52:54:00:00:00:02" })],
]);

const network = (text: string) => nocloudNetwork(readNetworkConfig(text), links);

test("hardware is known by its own address, and others refer to it by the seed's name for it", () => {
  const { wishes, problems } = network(`
version: 2
ethernets:
  a: { match: { macaddress: "52:54:00:00:00:01" } }
  b: { match: { macaddress: "52:54:00:00:00:02" }, dhcp4: true }
bonds:
  pair: { interfaces: [a, b], parameters: { mode: 802.3ad, up-delay: 0 }, addresses: [192.0.2.7/24] }
vlans:
  v: { id: 4, link: pair }
  w: { id: 5, link: b }
`);
  const shown = wishes.links.map(({ name, kind, parentName, bondSlave }) => ({ name, kind, parentName, ...bondSlave }));
  expect(shown).toEqual([
    { name: "eth0", kind: "", parentName: undefined, masterName: "pair", slaveIndex: 0 },
    { name: "eth1", kind: "", parentName: undefined, masterName: "pair", slaveIndex: 1 },
    { name: "pair", kind: "bond", parentName: undefined },
    { name: "v", kind: "vlan", parentName: "pair" },
    { name: "w", kind: "vlan", parentName: "eth1" },
  ]);
  expect(wishes.links[2]?.bondMaster).toMatchObject({ mode: "802.3ad", adLacpActive: "on" });
  expect(wishes.addresses).toMatchObject([{ address: "192.0.2.7/24", linkName: "pair", family: "inet4" }]);
  expect(wishes.operators).toMatchObject([{ operator: "dhcp4", linkName: "eth1", dhcp4: { routeMetric: 1_024 } }]);
  expect([wishes.resolvers, problems]).toEqual([[], []]);
});

test("hardware that is not there is told, and a pattern of names finds what there is", () => {
  const { wishes, problems } = network(`
version: 2
ethernets:
  eth7: { match: { macaddress: "52:54:00:00:00:09" } }
  any: { match: { name: "eth*" } }
`);
  expect(wishes.links.map(({ name }) => name).toSorted()).toEqual(["eth0", "eth7"]);
  expect(problems).toEqual([
    'no link has the hardware address 52:54:00:00:00:09 of the platform\'s "eth7": that name is taken',
  ]);
});

test("routes: IPv6 comes after IPv4, and a gateway that is on the link is reached there", () => {
  const { wishes } = network(`
version: 2
ethernets:
  eth0:
    gateway4: 192.0.2.1
    routes: [{ to: "::/0", via: "fe80::1", on-link: true }, { to: 10.0.0.0/8, via: 192.0.2.2, metric: 7, table: 99 }]
`);
  expect(
    wishes.routes.map(({ dst, gateway, priority, scope, table, protocol }) => [
      dst,
      gateway,
      priority,
      scope,
      table,
      protocol,
    ]),
  ).toEqual([
    ["", "192.0.2.1", 1_024, "global", 254, "static"],
    ["", "fe80::1", 2_048, "global", 254, "static"],
    ["fe80::1/128", "", 1_024, "link", 254, "static"],
    ["10.0.0.0/8", "192.0.2.2", 7, "global", 99, "static"],
  ]);
});
