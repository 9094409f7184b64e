import { expect, test } from "bun:test";
import { runtimeWith } from "../../cosi/testing.ts";
import { AddressStatus } from "../../resources/network/address-status.ts";
import { LinkStatus } from "../../resources/network/link-status.ts";
import { NodeAddress } from "../../resources/network/node-address.ts";
import { NodeAddressFilter } from "../../resources/network/node-address-filter.ts";
import { NodeAddressSortAlgorithm } from "../../resources/network/node-address-sort-algorithm.ts";
import { hostsOf, resolvConfOf } from "./etc-files.ts";
import { nodeAddressController } from "./node-address.ts";
import { routeId } from "./route-status.ts";

const route = {
  family: "inet4",
  destination: undefined,
  gateway: "10.0.2.2",
  source: undefined,
  linkIndex: 2,
  metric: 1_024,
  table: 254,
  tableName: "main",
  protocol: "dhcp",
  type: "unicast",
  scope: "global",
  mtu: undefined,
  flags: 0,
} as const;

test("a route's id says what tells it from others", () => {
  expect(routeId(route, "eth0")).toBe("inet4/10.0.2.2//1024");
  const local = { ...route, gateway: undefined, destination: "127.0.0.0/8", metric: 0, table: 255, tableName: "local" };
  expect(routeId(local, "lo")).toBe("local/inet4//127.0.0.0/8/0");
  const inet6 = { ...route, family: "inet6", gateway: undefined, destination: "fe80::/64", metric: 256 } as const;
  expect(routeId(inet6, "eth0")).toBe("eth0/inet6//fe80::/64/256");
});

test("hosts name the machine by every name it has", () => {
  expect(hostsOf({ hostname: "a", domainname: "example.org" }, "10.0.2.15/24").split("\n").slice(0, 2)).toEqual([
    "127.0.0.1 localhost",
    "10.0.2.15 a.example.org a",
  ]);
});

test("resolv.conf has no more servers than the C library reads", () => {
  const dnsServers = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"];
  expect(resolvConfOf({ dnsServers, searchDomains: ["a.org", "b.org"] })).toBe(
    "nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nsearch a.org b.org\n",
  );
});

const addressOn = (linkName: string, address: string) => ({
  address,
  linkIndex: 2,
  linkName,
  family: "inet4" as const,
  scope: "global" as const,
  flags: 0,
  priority: 0,
});

const link = (linkState: boolean) => ({
  index: 2,
  type: "ether" as const,
  linkIndex: 0,
  flags: 0,
  hardwareAddr: "",
  permanentAddr: "",
  broadcastAddr: "",
  mtu: 1_500,
  queueDisc: "",
  operationalState: "up" as const,
  kind: "",
  slaveKind: "",
  linkState,
  port: "Other" as const,
  duplex: "Unknown" as const,
});

const has =
  (...addresses: string[]) =>
  (resource: { spec: { addresses: readonly string[] } }) =>
    Bun.deepEquals([...resource.spec.addresses], addresses);

async function nodeWith(...addresses: readonly [link: string, prefix: string][]) {
  const runtime = await runtimeWith(nodeAddressController());
  const { state } = runtime;
  for (const [linkName, prefix] of addresses) {
    await state.modify(LinkStatus, linkName, () => link(true));
    await state.create(AddressStatus, `${linkName}/${prefix}`, addressOn(linkName, prefix));
  }
  await state.create(NodeAddressSortAlgorithm, "default", { algorithm: "v1" });
  return runtime;
}

test("an address that goes stays in accumulative, and default goes with it", async () => {
  await using runtime = await nodeWith(["lo", "127.0.0.1/8"], ["eth0", "10.0.2.15/24"]);
  const { state } = runtime;
  await runtime.eventually(NodeAddress, "default", has("10.0.2.15/24"));
  await state.create(AddressStatus, "eth0/10.0.2.9/24", addressOn("eth0", "10.0.2.9/24"));
  await runtime.eventually(NodeAddress, "current", has("10.0.2.9/24", "10.0.2.15/24"));
  await runtime.eventually(NodeAddress, "default", has("10.0.2.15/24"));
  await state.teardown(AddressStatus, "eth0/10.0.2.15/24");
  await state.destroy(AddressStatus, "eth0/10.0.2.15/24");
  await runtime.eventually(NodeAddress, "current", has("10.0.2.9/24"));
  await runtime.eventually(NodeAddress, "default", has("10.0.2.9/24"));
  await runtime.eventually(NodeAddress, "accumulative", has("10.0.2.9/24", "10.0.2.15/24"));
  expect(await state.list(NodeAddress)).toHaveLength(4);
});

test("a pod network's address is the node's own in no selection that others are told of", async () => {
  await using runtime = await nodeWith(["cni0", "10.244.0.1/24"], ["eth0", "172.20.0.2/24"], ["eth0", "172.20.0.3/24"]);
  await runtime.eventually(NodeAddress, "accumulative", has("10.244.0.1/24", "172.20.0.2/24", "172.20.0.3/24"));
  await runtime.state.create(NodeAddressFilter, "no-k8s", {
    includeSubnets: [],
    excludeSubnets: ["10.244.0.0/16", "10.96.0.0/12"],
  });
  await runtime.state.create(NodeAddressFilter, "only-k8s", { includeSubnets: ["10.244.0.0/16"], excludeSubnets: [] });
  for (const id of ["current", "routed", "accumulative"]) {
    await runtime.eventually(NodeAddress, `${id}-no-k8s`, has("172.20.0.2/24", "172.20.0.3/24"));
    await runtime.eventually(NodeAddress, `${id}-only-k8s`, has("10.244.0.1/24"));
  }
  await runtime.state.teardown(NodeAddressFilter, "only-k8s");
  await runtime.state.destroy(NodeAddressFilter, "only-k8s");
  await runtime.eventuallyGone(NodeAddress, "current-only-k8s");
});

test("a link without carrier has no current addresses, one without a notion of carrier has", async () => {
  await using runtime = await nodeWith(["eth0", "10.0.2.15/24"], ["tun0", "10.5.0.1/24"]);
  const { state } = runtime;
  await state.modify(LinkStatus, "tun0", () => ({ ...link(false), kind: "tun", operationalState: "unknown" as const }));
  await state.modify(LinkStatus, "eth0", () => link(false));
  await runtime.eventually(NodeAddress, "current", has("10.5.0.1/24"));
});

test("the order of addresses is the configuration's", async () => {
  await using runtime = await nodeWith(["eth0", "10.0.2.15/24"], ["eth0", "10.0.2.200/32"], ["eth0", "fd00::1/64"]);
  await runtime.eventually(NodeAddress, "current", has("10.0.2.15/24", "10.0.2.200/32", "fd00::1/64"));
  await runtime.state.modify(NodeAddressSortAlgorithm, "default", () => ({ algorithm: "v2" as const }));
  await runtime.eventually(NodeAddress, "current", has("10.0.2.200/32", "10.0.2.15/24", "fd00::1/64"));
  await runtime.eventually(NodeAddress, "default", has("10.0.2.200/32"));
});
