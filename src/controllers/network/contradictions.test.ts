import { expect, test } from "bun:test";
import type { LinkSpec } from "../../resources/network/link-spec.ts";
import type { Layer } from "../layered.ts";
import { addressContradiction, linkContradiction, memberContradiction, routeContradiction } from "./contradictions.ts";
import { plainDevice } from "./wanted/device.ts";
import { addressSpec, gatewayRoutes, plainLink } from "./wanted/specs.ts";

const link = (layer: Layer, name: string, more: Partial<LinkSpec> = {}) => ({
  id: `${layer}/${name}`,
  spec: { ...plainLink(name, layer), ...more },
});

test("a link of two kinds, or of two masters, is told with both who want it", () => {
  expect(
    linkContradiction([
      link("default", "eth0"),
      link("cmdline", "bond0", { kind: "bond", logical: true }),
      link("cmdline", "eth1", { bondSlave: { masterName: "bond0", slaveIndex: 0 } }),
      link("configuration", "bond0", { kind: "bridge", logical: true }),
      link("configuration", "eth1", { bridgeSlave: { masterName: "br0" } }),
      link("configuration", "eth0", { mtu: 9_000 }),
    ]),
  ).toBe(
    "the link bond0 is a bridge (configuration/bond0 counts) and bond (cmdline/bond0 does not); " +
      "the link eth1 is a member of br0 (configuration/eth1 counts) and bond0 (cmdline/eth1 does not)",
  );
  expect(linkContradiction([link("default", "eth0"), link("configuration", "eth0", { up: false })])).toBeUndefined();
});

test("an address on two links, and a route out of two, are told with both who want it", () => {
  const address = (layer: Layer, id: string, name: string, prefix: string) => ({
    id: `${id}/${name}/${prefix}`,
    spec: addressSpec(layer, name, prefix),
  });
  expect(
    addressContradiction([
      address("operator", "dhcp4/eth0", "eth0", "10.0.2.15/24"),
      address("configuration", "configuration", "eth0", "10.0.2.15/24"),
      address("configuration", "configuration", "eth1", "10.0.2.15/16"),
      address("configuration", "configuration", "eth0", "fe80::1/64"),
      address("configuration", "configuration", "eth1", "fe80::1/64"),
    ]),
  ).toBe(
    "the address 10.0.2.15 is wanted on two links: dhcp4/eth0/eth0/10.0.2.15/24 and configuration/eth1/10.0.2.15/16",
  );
  const route = (name: string) =>
    gatewayRoutes("operator", name, "10.0.2.15/24", "10.0.2.2", 1_024).map((spec) => ({ id: `dhcp4/${name}/x`, spec }));
  expect(routeContradiction([...route("eth0"), ...route("eth1")])).toBe(
    "the route inet4/10.0.2.2//1024 leads out of eth1 (dhcp4/eth1/x counts) and eth0 (dhcp4/eth0/x does not); " +
      "give one of them another metric",
  );
  expect(routeContradiction(route("eth0"))).toBeUndefined();
});

test("a link that two of the same layer claim is told with both", () => {
  const bond = { ...plainDevice, name: "bond0", members: ["eth1"], made: { kind: "dummy" } as const };
  const claims = [bond, { ...plainDevice, name: "eth1", bridge: "br0" }];
  expect(memberContradiction("configuration", claims)).toBe(
    "the link eth1 is a member of configuration/br0 and of configuration/bond0: the first counts",
  );
  expect(memberContradiction("configuration", [bond])).toBeUndefined();
});
