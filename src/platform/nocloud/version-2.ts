import type { ForeignMap } from "../foreign-document.ts";
import { LinkWishes, serversOf } from "./link-wishes.ts";
import { type SeedLink, type SeedLinkKind, type SeedNetwork, usualMetric } from "./seed-network.ts";

/**
 * Version 2: maps of links by kind, as netplan has them,
 * https://cloudinit.readthedocs.io/en/latest/reference/network-config-format-v2.html
 */
export function readVersion2(config: ForeignMap): SeedNetwork {
  const problems: string[] = [];
  const all = kinds.flatMap(([section, kindOf]) =>
    // Their order does not depend on how the file was written.
    config
      .entries(section)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([id, said]) => ({ id, said, kind: kindOf(said) })),
  );
  const links = all.map(({ id, said, kind }) => linkOf(id, said, kind, problems));
  const names = all.map(({ said }) => said.map("nameservers"));
  return {
    links,
    dnsServers: serversOf([...new Set(names.flatMap((servers) => servers.texts("addresses")))], problems),
    searchDomains: [...new Set(names.flatMap((servers) => servers.texts("search")))],
    problems,
  };
}

const kinds: readonly (readonly [section: string, kindOf: (said: ForeignMap) => SeedLinkKind])[] = [
  ["ethernets", ethernet],
  ["bonds", bond],
  ["bridges", bridge],
  ["vlans", vlan],
];

function ethernet(said: ForeignMap): SeedLinkKind {
  const match = said.map("match");
  return { kind: "physical", hardwareAddr: match.text("macaddress"), pattern: match.text("name") };
}

function bond(said: ForeignMap): SeedLinkKind {
  const given = said.map("parameters");
  const parameters = {
    ...{ mode: given.text("mode"), xmitHashPolicy: given.text("transmit-hash-policy") },
    ...{ lacpRate: given.text("lacp-rate"), miimon: given.number("mii-monitor-interval") },
    ...{ updelay: given.number("up-delay"), downdelay: given.number("down-delay") },
  };
  return { kind: "bond", members: said.texts("interfaces"), parameters };
}

function bridge(said: ForeignMap): SeedLinkKind {
  return { kind: "bridge", members: said.texts("interfaces"), stp: said.map("parameters").flag("stp") };
}

function vlan(said: ForeignMap): SeedLinkKind {
  return { kind: "vlan", parent: said.text("link") ?? "", id: said.number("id") ?? 0 };
}

function linkOf(id: string, said: ForeignMap, kind: SeedLinkKind, problems: string[]): SeedLink {
  const wishes = new LinkWishes(id, problems);
  if (said.flag("dhcp4")) wishes.dhcp4 = usualMetric.inet4;
  if (said.flag("dhcp6")) wishes.dhcp6 = usualMetric.inet4;
  for (const address of said.texts("addresses")) wishes.address(address);
  wishes.gateway(said.text("gateway4"));
  wishes.gateway(said.text("gateway6"));
  for (const route of said.maps("routes")) {
    wishes.route({
      ...{ to: route.text("to"), via: route.text("via"), metric: route.number("metric") },
      ...{ table: route.number("table"), isOnLink: route.flag("on-link") },
    });
  }
  const { addresses, routes, dhcp4, dhcp6 } = wishes;
  return { id, kind, mtu: said.number("mtu") ?? 0, addresses, routes, dhcp4, dhcp6 };
}
