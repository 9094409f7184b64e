import { expect, test } from "bun:test";
import { testConfig } from "../../config/testing.ts";
import { runtimeWith } from "../../cosi/testing.ts";
import { eventually } from "../../grpc/testing/eventually.ts";
import { Identity } from "../../resources/cluster/identity.ts";
import { EtcFileSpec } from "../../resources/files/etc-file-spec.ts";
import { AddressStatus } from "../../resources/network/address-status.ts";
import { HardwareAddress } from "../../resources/network/hardware-address.ts";
import { HostDNSConfig } from "../../resources/network/host-dns-config.ts";
import { HostnameSpec } from "../../resources/network/hostname-spec.ts";
import { HostnameStatus } from "../../resources/network/hostname-status.ts";
import { LinkStatus } from "../../resources/network/link-status.ts";
import { NodeAddress } from "../../resources/network/node-address.ts";
import { NodeAddressFilter } from "../../resources/network/node-address-filter.ts";
import { NodeAddressSortAlgorithm } from "../../resources/network/node-address-sort-algorithm.ts";
import { ResolverStatus } from "../../resources/network/resolver-status.ts";
import { MaintenanceServiceRequest } from "../../resources/runtime/maintenance-service-request.ts";
import { type Layer, wishes } from "../layered.ts";
import { configure, setAddresses } from "../testing.ts";
import { nodeAddressController } from "./address/node-address.ts";
import { hardwareAddressController } from "./link/hardware-address.ts";
import { hostnameMergeController, mergeResolvers } from "./merges.ts";
import { hostsOf, networkFilesController, resolvConfOf } from "./name/etc-files.ts";
import { hostnameConfigController } from "./name/hostname-config.ts";
import { hostnameSpecController } from "./name/hostname-spec.ts";
import { routeId } from "./route/route-status.ts";

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
  expect(resolvConfOf(dnsServers, ["a.org", "b.org"])).toBe(
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

test("what a cloud makes the machine reachable by is no address of a link, nor is a manager's tunnel a way", async () => {
  const tunnel = "fdae:41e4:649b:9303:2a07:9c7:5b08:aef7/64";
  await using runtime = await nodeWith(["siderolink", tunnel]);
  const { state } = runtime;
  await runtime.eventually(NodeAddress, "default", has(tunnel));
  await state.create(AddressStatus, "external/198.51.100.7/32", addressOn("external", "198.51.100.7/32"));
  await runtime.eventually(NodeAddress, "current", has("198.51.100.7/32", tunnel));
  await state.create(AddressStatus, "siderolink/10.0.2.15/24", addressOn("siderolink", "10.0.2.15/24"));
  await runtime.eventually(NodeAddress, "current", has("10.0.2.15/24", "198.51.100.7/32", tunnel));
  await runtime.eventually(NodeAddress, "routed", has("10.0.2.15/24"));
  await runtime.eventually(NodeAddress, "accumulative", has("10.0.2.15/24", "198.51.100.7/32", tunnel));
  await runtime.eventually(NodeAddress, "default", has(tunnel));
});

test("the order of addresses is the configuration's", async () => {
  await using runtime = await nodeWith(["eth0", "10.0.2.15/24"], ["eth0", "10.0.2.200/32"], ["eth0", "fd00::1/64"]);
  await runtime.eventually(NodeAddress, "current", has("10.0.2.15/24", "10.0.2.200/32", "fd00::1/64"));
  await runtime.state.modify(NodeAddressSortAlgorithm, "default", () => ({ algorithm: "v2" as const }));
  await runtime.eventually(NodeAddress, "current", has("10.0.2.200/32", "10.0.2.15/24", "fd00::1/64"));
  await runtime.eventually(NodeAddress, "default", has("10.0.2.200/32"));
});

test("an address that a router announced is the default one until the machine has one that was asked for", async () => {
  await using runtime = await nodeWith(["eth0", "fec0::5054:ff:fe12:3456/64"]);
  await runtime.eventually(NodeAddress, "default", has("fec0::5054:ff:fe12:3456/64"));
  const permanent = { ...addressOn("eth0", "10.0.2.15/24"), flags: 0x80 };
  await runtime.state.create(AddressStatus, "eth0/10.0.2.15/24", permanent);
  await runtime.eventually(NodeAddress, "default", has("10.0.2.15/24"));
  // Another one that was asked for is no better.
  await runtime.state.create(AddressStatus, "eth0/10.0.2.9/24", { ...addressOn("eth0", "10.0.2.9/24"), flags: 0x80 });
  await runtime.eventually(NodeAddress, "current", has("10.0.2.9/24", "10.0.2.15/24", "fec0::5054:ff:fe12:3456/64"));
  await runtime.eventually(NodeAddress, "default", has("10.0.2.15/24"));
});

const resolver = (layer: Layer, dnsServers: string[], searchDomains: string[] = []) => ({
  layer,
  dnsServers,
  searchDomains,
});

test.each<[string, ReturnType<typeof resolver>[], string[], string[]]>([
  [
    "the highest layer counts",
    [resolver("default", ["1.1.1.1"]), resolver("operator", ["10.0.0.1"])],
    ["10.0.0.1"],
    [],
  ],
  [
    "operators are equals, and nobody is asked twice",
    [resolver("operator", ["10.0.0.1"]), resolver("operator", ["10.0.0.2", "10.0.0.1"])],
    ["10.0.0.1", "10.0.0.2"],
    [],
  ],
  [
    "a family that the higher layer lacks stays",
    [resolver("default", ["1.1.1.1", "8.8.8.8"]), resolver("configuration", ["fd00::53"])],
    ["fd00::53", "1.1.1.1", "8.8.8.8"],
    [],
  ],
  [
    "domains of all layers are searched, the highest first",
    [resolver("default", ["1.1.1.1"], ["a.org"]), resolver("configuration", [], ["b.org"])],
    ["1.1.1.1"],
    ["b.org", "a.org"],
  ],
])("DNS servers: %s", (_, wanted, dnsServers, searchDomains) => {
  expect(mergeResolvers(wanted).get("resolvers")).toMatchObject({ dnsServers, searchDomains });
});

function hostnameControllers(given: { cmdline?: string; platform?: string }) {
  const named: string[] = [];
  const controllers = [
    hostnameConfigController({ cmdline: given.cmdline, platform: given.platform }),
    hostnameMergeController(),
    hostnameSpecController({ setNames: (hostname, domainname) => named.push(`${hostname}/${domainname}`) }),
  ];
  return { named, controllers };
}

const named = (hostname: string) => (resource: { spec: { hostname: string } }) => resource.spec.hostname === hostname;

test("the machine's name follows the layers, live", async () => {
  const { named: kernel, controllers } = hostnameControllers({});
  await using runtime = await runtimeWith(...controllers);
  const { state } = runtime;
  await state.create(Identity, "local", { nodeId: "fGdOI05hVrx3YMagLo0Bwxa2Nm9BAswWm8XLeEj0aS4" });
  await state.create(MaintenanceServiceRequest, "maintenance", {});
  await runtime.eventually(HostnameStatus, "hostname", named("talos-hwz-sw5"));
  await state.create(
    HostnameSpec,
    "dhcp4/eth0/hostname",
    { hostname: "node-7", domainname: "example.org", layer: "operator" },
    wishes,
  );
  await runtime.eventually(HostnameStatus, "hostname", named("node-7"));
  await configure(runtime, testConfig().replace("auto: stable", "hostname: own.example.net"));
  const { spec } = await runtime.eventually(HostnameStatus, "hostname", named("own"));
  expect(spec.domainname).toBe("example.net");
  await configure(runtime, testConfig());
  await runtime.eventually(HostnameStatus, "hostname", named("node-7"));
  await state.teardown(HostnameSpec, "dhcp4/eth0/hostname", wishes);
  await state.destroy(HostnameSpec, "dhcp4/eth0/hostname", wishes);
  await runtime.eventually(HostnameStatus, "hostname", named("talos-hwz-sw5"));
  expect(kernel).toEqual([
    "talos-hwz-sw5/(none)",
    "node-7/example.org",
    "own/example.net",
    "node-7/example.org",
    "talos-hwz-sw5/(none)",
  ]);
});

test("two equals that disagree are both named, once", async () => {
  await using runtime = await runtimeWith(...hostnameControllers({}).controllers);
  for (const [link, hostname] of [
    ["eth0", "node-7"],
    ["eth1", "node-8"],
    ["eth2", "node-7"],
  ] as const) {
    const spec = { hostname, domainname: "example.org", layer: "operator" as const };
    await runtime.state.create(HostnameSpec, `dhcp4/${link}/hostname`, spec, wishes);
  }
  await runtime.eventually(HostnameStatus, "hostname", named("node-7"));
  await configure(runtime, testConfig());
  await eventually(() => runtime.logged.length > 0);
  expect(runtime.logged).toEqual([
    'network.HostnameMergeController: two names for this machine: "node-7.example.org" (dhcp4/eth0/hostname) counts, ' +
      '"node-8.example.org" (dhcp4/eth1/hostname) does not',
  ]);
});

test("the command line names the machine when nobody above does", async () => {
  await using runtime = await runtimeWith(...hostnameControllers({ cmdline: "from-cmdline.org" }).controllers);
  await runtime.state.create(Identity, "local", { nodeId: "x" });
  await runtime.eventually(HostnameStatus, "hostname", named("from-cmdline"));
  // Nothing is derived from the identity before it is known what the configuration says.
  expect(await runtime.state.list(HostnameSpec, wishes)).toHaveLength(1);
});

test("a name made of the address is for those who want no stable one", async () => {
  await using runtime = await runtimeWith(...hostnameControllers({}).controllers);
  await configure(runtime, "version: v1alpha1\nmachine:\n    type: controlplane\n");
  await setAddresses(runtime, ["10.0.2.15/24"]);
  await runtime.eventually(HostnameStatus, "hostname", named("talos-10-0-2-15"));
});

test("hosts have the configuration's entries, an address once", () => {
  const extra = [
    { address: "10.5.0.2", names: ["b"] },
    { address: "10.5.0.1", names: ["a", "a.org"] },
    { address: "10.5.0.2", names: ["c"] },
  ];
  expect(hostsOf({ hostname: "n", domainname: "" }, undefined, extra)).toEndWith("10.5.0.1 a a.org\n10.5.0.2 b c\n");
});

const dns = (enabled: boolean, serviceHostDNSAddress?: string) => ({
  enabled,
  ...(serviceHostDNSAddress === undefined ? {} : { serviceHostDNSAddress }),
});

test("the machine asks our resolver, pods ask its address for them", async () => {
  let forPods = "";
  let writes = 0;
  const write = async (contents: string) => {
    forPods = contents;
    writes += 1;
  };
  await using runtime = await runtimeWith(networkFilesController({ writePodResolvConf: write }));
  const { state } = runtime;
  await state.create(ResolverStatus, "resolvers", { dnsServers: ["192.0.2.1"], searchDomains: ["a.org"] });
  const contains = (text: string) => (resource: { spec: { contents: Uint8Array } }) =>
    new TextDecoder().decode(resource.spec.contents) === text;
  await state.create(HostDNSConfig, "config", dns(false));
  await runtime.eventually(EtcFileSpec, "resolv.conf", contains("nameserver 192.0.2.1\nsearch a.org\n"));
  await eventually(() => forPods === "nameserver 192.0.2.1\nsearch a.org\n");
  await state.modify(HostDNSConfig, "config", () => dns(true, "169.254.116.108"));
  await runtime.eventually(EtcFileSpec, "resolv.conf", contains("nameserver 127.0.0.53\nsearch a.org\n"));
  await eventually(() => forPods === "nameserver 169.254.116.108\nsearch a.org\n");
  expect(writes).toBe(2);
});

test("the machine's own hardware address is that of its first device", async () => {
  await using runtime = await runtimeWith(hardwareAddressController());
  const { state } = runtime;
  await state.create(LinkStatus, "eth1", { ...link(true), hardwareAddr: "52:54:00:00:00:02" });
  await state.create(LinkStatus, "bridge0", { ...link(true), hardwareAddr: "52:54:00:00:00:09", kind: "bridge" });
  await runtime.eventually(HardwareAddress, "first", ({ spec }) => spec.name === "eth1");
  await state.create(LinkStatus, "eth0", { ...link(true), hardwareAddr: "52:54:00:00:00:01" });
  const { spec } = await runtime.eventually(HardwareAddress, "first", (resource) => resource.spec.name === "eth0");
  expect(spec.hardwareAddr).toBe("52:54:00:00:00:01");
});
