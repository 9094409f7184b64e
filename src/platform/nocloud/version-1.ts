import type { ForeignMap } from "../foreign-document.ts";
import { LinkWishes, serversOf } from "./link-wishes.ts";
import { type SeedLink, type SeedLinkKind, type SeedNetwork, usualMetric } from "./seed-network.ts";

/**
 * Version 1: a list of things, each with a type,
 * https://cloudinit.readthedocs.io/en/latest/reference/network-config-format-v1.html
 */
export function readVersion1(config: ForeignMap): SeedNetwork {
  const problems: string[] = [];
  const items = config.maps("config");
  const links = items.flatMap((item) => linkOf(item, problems) ?? []);
  const servers = items.filter((item) => item.text("type") === "nameserver");
  const subnets = items.flatMap((item) => item.maps("subnets"));
  const dns = [
    ...servers.flatMap((item) => item.texts("address")),
    ...subnets.flatMap((s) => s.texts("dns_nameservers")),
  ];
  const search = [...servers.flatMap((item) => item.texts("search")), ...subnets.flatMap((s) => s.texts("dns_search"))];
  return { links, dnsServers: serversOf(dns, problems), searchDomains: search, problems };
}

function linkOf(item: ForeignMap, problems: string[]): SeedLink | undefined {
  const kind = kindOf(item);
  const type = item.text("type") ?? "";
  if (kind === undefined) {
    if (type !== "nameserver") problems.push(`Cannot use all of the seed's network-config: what is of type "${type}"`);
    return undefined;
  }
  const id = item.text("name") ?? "";
  const wishes = new LinkWishes(id, problems);
  for (const subnet of item.maps("subnets")) addSubnet(wishes, subnet);
  const { addresses, routes, dhcp4, dhcp6 } = wishes;
  return { id, kind, mtu: item.number("mtu") ?? 0, addresses, routes, dhcp4, dhcp6 };
}

function kindOf(item: ForeignMap): SeedLinkKind | undefined {
  const parameters = item.map("params");
  switch (item.text("type")) {
    case "physical":
      return { kind: "physical", hardwareAddr: item.text("mac_address"), pattern: undefined };
    case "vlan":
      return { kind: "vlan", parent: item.text("vlan_link") ?? "", id: item.number("vlan_id") ?? 0 };
    case "bridge":
      return { kind: "bridge", members: item.texts("bridge_interfaces"), stp: parameters.flag("bridge_stp") };
    case "bond":
      return { kind: "bond", members: item.texts("bond_interfaces"), parameters: bondParameters(parameters) };
    default:
      return undefined;
  }
}

/** Some write them with a prefix, some without. */
function bondParameters(given: ForeignMap) {
  const text = (name: string) => given.text(`bond-${name}`) ?? given.text(name);
  const number = (name: string) => given.number(`bond-${name}`) ?? given.number(name);
  return {
    ...{ mode: text("mode"), xmitHashPolicy: text("xmit-hash-policy"), lacpRate: text("lacp-rate") },
    ...{ miimon: number("miimon"), updelay: number("up-delay"), downdelay: number("down-delay") },
  };
}

function addSubnet(wishes: LinkWishes, subnet: ForeignMap): void {
  switch (subnet.text("type")) {
    case "dhcp":
    case "dhcp4":
      wishes.dhcp4 = usualMetric.inet4;
      return;
    case "dhcp6":
    case "ipv6_dhcpv6-stateful":
    case "ipv6_dhcpv6-stateless":
      wishes.dhcp6 = usualMetric.inet6;
      return;
    case "static":
    case "static6":
      wishes.address(subnet.text("address"), subnet.text("netmask"));
      wishes.gateway(subnet.text("gateway"));
      for (const route of subnet.maps("routes")) {
        wishes.route({
          ...{ to: route.text("destination") ?? route.text("network"), via: route.text("gateway") },
          ...{ mask: route.text("netmask") ?? route.text("prefix"), metric: route.number("metric") },
        });
      }
  }
}
