import { expect, test } from "bun:test";
import { parseMachineConfig } from "../../../config/index.ts";
import type { Lease } from "../../../net/dhcp4/lease.ts";
import { parseKernelArguments } from "../../../platform/kernel-arguments.ts";
import { networkArguments } from "../../../platform/network-arguments.ts";
import type { LinkStatus } from "../../../resources/network/link-status.ts";
import { bondNumbers } from "../link/bond-numbers.ts";
import { mergeLinks } from "../merges.ts";
import { bondOf } from "./bond.ts";
import { addLease, noWishes } from "./lease.ts";
import { addressSpecs, linkSpecs, operatorSpecs, routeSpecs, vipSpecs } from "./specs.ts";
import { vlanName } from "./v1alpha1-devices.ts";
import { nothingSaid, worldOf } from "./world.ts";

const link = (hardwareAddr: string, more: Partial<LinkStatus> = {}): LinkStatus => ({
  ...{ index: 1, type: "ether", linkIndex: 0, flags: 0, hardwareAddr, permanentAddr: hardwareAddr, broadcastAddr: "" },
  ...{ mtu: 1_500, queueDisc: "", operationalState: "up", kind: "", slaveKind: "", linkState: true },
  ...{ port: "Other", duplex: "Unknown" },
  ...more,
});

const links = new Map([
  ["eth0", link("52:54:00:00:00:01")],
  ["eth1", link("52:54:00:00:00:02", { driver: "virtio_net" })],
  ["eth2", link("52:54:00:aa:00:03", { alias: "uplink" })],
  ["veth1", link("52:54:00:00:00:04", { kind: "veth" })],
]);

function world(config: string | undefined, commandLine = "") {
  const parsed = config === undefined ? undefined : parseMachineConfig(config);
  return worldOf(parsed, networkArguments(parseKernelArguments(commandLine)), links);
}

const v1alpha1 = (interfaces: string) =>
  `version: v1alpha1\nmachine: { type: worker, network: { interfaces: ${interfaces} } }\n`;
const ids = (specs: ReadonlyMap<string, unknown>) => [...specs.keys()];

test("hardware that nobody mentions comes up and asks for addresses", () => {
  const nothing = world(undefined);
  expect(ids(linkSpecs(nothing))).toEqual(["default/lo", "default/eth0", "default/eth1", "default/eth2"]);
  expect(ids(operatorSpecs(nothing))).toEqual(["default/dhcp4/eth0", "default/dhcp4/eth1", "default/dhcp4/eth2"]);
  const ignoring = world(undefined, "talos.network.interface.ignore=eth[12]");
  expect(ids(operatorSpecs(ignoring))).toEqual(["default/dhcp4/eth0"]);
  const byAlias = world(undefined, "talos.network.interface.ignore=uplink");
  expect(ids(operatorSpecs(byAlias))).toEqual(["default/dhcp4/eth0", "default/dhcp4/eth1"]);
  const mentioning = world(v1alpha1("[{ interface: eth0, addresses: [10.0.0.1] }]"), "ip=eth1:dhcp");
  expect(ids(operatorSpecs(mentioning))).toEqual(["default/dhcp4/eth2", "cmdline/dhcp4/eth1"]);
  expect(ids(addressSpecs(mentioning))).toEqual(["configuration/eth0/10.0.0.1/32"]);
});

test("links are found by what they are", () => {
  const { devices } = world(
    v1alpha1(
      `[{ deviceSelector: { hardwareAddr: "52:54:00:AA:*" }, dhcp: true }, { deviceSelector: { driver: virtio*, physical: true }, mtu: 9000 }, { interface: uplink, mtu: 1400 }]`,
    ),
  );
  expect(devices.map(({ name, mtu, dhcp4 }) => [name, mtu, dhcp4 !== undefined])).toEqual([
    ["eth2", 0, true],
    ["eth1", 9_000, false],
    ["eth2", 1_400, false],
  ]);
  expect(world(v1alpha1("[{ deviceSelector: {}, dhcp: true }]")).devices).toEqual([]);
});

test("a link is found by the address that it came with, whatever it borrowed or lent since", () => {
  const bonded = "52:54:00:00:00:01";
  const now = new Map([
    ["eth0", link(bonded)],
    ["eth1", link(bonded, { permanentAddr: "52:54:00:00:00:02", slaveKind: "bond" })],
    ["eth2", link("52:54:00:00:00:03")],
    ["bond0", link(bonded, { permanentAddr: "", kind: "bond" })],
    ["bond0.7", link(bonded, { permanentAddr: "", kind: "vlan" })],
    ["eth2.7", link("52:54:00:00:00:03", { permanentAddr: "", kind: "vlan" })],
  ]);
  const config = parseMachineConfig(
    v1alpha1(
      `[{ interface: bond0, vlans: [{ vlanId: 7 }], bond: { deviceSelectors: [{ hardwareAddr: "${bonded}" }, { hardwareAddr: "52:54:00:00:00:02" }] } }, { deviceSelector: { hardwareAddr: "52:54:00:00:00:03" }, vlans: [{ vlanId: 7 }] }]`,
    ),
  );
  const { devices } = worldOf(config, nothingSaid, now);
  expect(devices.map(({ name, members }) => [name, members])).toEqual([
    ["bond0", ["eth0", "eth1"]],
    ["bond0.7", []],
    ["eth2", []],
    ["eth2.7", []],
  ]);
});

test("a bond is no member of its own, whatever fits", () => {
  const now = new Map([...links, ["bond0", link("", { driver: "bonding", kind: "bond" })]]);
  const config = parseMachineConfig(v1alpha1(`[{ interface: bond0, bond: { deviceSelectors: [{ driver: "*i*" }] } }]`));
  const { devices } = worldOf(config, nothingSaid, now);
  expect(devices.map(({ members }) => members)).toEqual([["eth1"]]);
  const named = parseMachineConfig(
    v1alpha1("[{ interface: bond0, bond: { mode: active-backup, interfaces: [bond0, eth1] } }]"),
  );
  const specs = linkSpecs(worldOf(named, nothingSaid, now));
  expect(specs.get("configuration/bond0")?.bondSlave).toEqual({});
  expect(specs.get("configuration/eth1")?.bondSlave).toMatchObject({ masterName: "bond0" });
});

test("both forms of the configuration say the same", () => {
  const old = world(`version: v1alpha1
machine:
  type: worker
  network:
    interfaces:
      - interface: eth0
        mtu: 1400
        addresses: [10.0.0.2/24]
        routes: [{ network: 10.9.0.0/16, gateway: 10.0.0.1, metric: 5 }]
        vlans: [{ vlanId: 7, addresses: [10.7.0.2/24] }]
      - interface: bond0
        bond: { interfaces: [eth1, eth2], mode: 802.3ad, miimon: 100, lacpRate: fast }
`);
  const documents = world(`version: v1alpha1
machine: { type: worker }
---
apiVersion: v1alpha1
kind: LinkConfig
name: eth0
mtu: 1400
addresses: [{ address: 10.0.0.2/24 }]
routes: [{ destination: 10.9.0.0/16, gateway: 10.0.0.1, metric: 5 }]
---
apiVersion: v1alpha1
kind: VLANConfig
name: eth0.7
vlanID: 7
parent: eth0
addresses: [{ address: 10.7.0.2/24 }]
---
apiVersion: v1alpha1
kind: BondConfig
name: bond0
links: [eth1, uplink]
bondMode: 802.3ad
miimon: 100
lacpRate: fast
`);
  const all = (from: typeof old) =>
    [linkSpecs(from), addressSpecs(from), routeSpecs(from), operatorSpecs(from)].map((specs) =>
      Object.fromEntries(specs),
    );
  expect(all(old)).toEqual(all(documents));
  expect(linkSpecs(old).get("configuration/eth2")).toMatchObject({ bondSlave: { masterName: "bond0", slaveIndex: 1 } });
  expect(linkSpecs(old).get("configuration/eth0.7")).toMatchObject({
    ...{ logical: true, kind: "vlan", parentName: "eth0" },
    vlan: { vlanID: 7, vlanProtocol: "802.1q" },
  });
});

test("who writes documents of links says everything: nothing asks for addresses by itself", () => {
  const dhcp = "apiVersion: v1alpha1\nkind: DHCPv4Config\nname: eth1\nclientIdentifier: duid\nduidRaw: 00:01:aa\n";
  const specs = operatorSpecs(world(`version: v1alpha1\nmachine: { type: worker }\n---\n${dhcp}`));
  expect(ids(specs)).toEqual(["configuration/dhcp4/eth1"]);
  expect(specs.get("configuration/dhcp4/eth1")?.dhcp4?.clientIdentifier).toEqual({
    clientIdentifier: "duid",
    duidRawHex: "0001aa",
  });
});

test("each form of the configuration says in its own way how a server is to know the machine", () => {
  const dhcp4Of = (text: string) => operatorSpecs(world(text)).get("configuration/dhcp4/eth0")?.dhcp4;
  const document = (more: string) =>
    dhcp4Of(
      `version: v1alpha1\nmachine: { type: worker }\n---\napiVersion: v1alpha1\nkind: DHCPv4Config\nname: eth0\n${more}`,
    );
  const options = { routeMetric: 1_024, skipHostnameRequest: false };
  const clientIdentifier = (name: "mac" | "duid" | "none", duidRawHex = "") => ({ clientIdentifier: name, duidRawHex });
  expect(document("")).toEqual({ ...options, clientIdentifier: clientIdentifier("mac") });
  expect(document("clientIdentifier: none\n")).toEqual({ ...options, clientIdentifier: clientIdentifier("none") });
  expect(document("clientIdentifier: duid\nduidRaw: 00:01:aa\nrouteMetric: 9\nignoreHostname: true\n")).toEqual({
    ...{ routeMetric: 9, skipHostnameRequest: true, clientIdentifier: clientIdentifier("duid", "0001aa") },
  });
  // The first form has no say in it: servers go by the hardware address.
  const old = (more: string) => dhcp4Of(v1alpha1(`[{ interface: eth0, dhcp: true${more} }]`));
  expect(old("")).toEqual({ ...options, clientIdentifier: clientIdentifier("none") });
  expect(old(", dhcpOptions: { routeMetric: 9 }")?.routeMetric).toBe(9);
});

test("DHCPv6 is asked for beside DHCPv4 or alone, in either form", () => {
  const options = "{ ipv4: false, ipv6: true, duidv6: 00:01:aa, routeMetric: 9 }";
  const old = operatorSpecs(world(v1alpha1(`[{ interface: eth0, dhcp: true, dhcpOptions: ${options} }]`)));
  const document = "kind: DHCPv6Config\nname: eth0\nclientIdentifier: duid\nduidRaw: 00:01:aa\nrouteMetric: 9\n";
  const given = operatorSpecs(
    world(`version: v1alpha1\nmachine: { type: worker }\n---\napiVersion: v1alpha1\n${document}`),
  );
  expect(ids(given)).toEqual(["configuration/dhcp6/eth0"]);
  expect(old.get("configuration/dhcp6/eth0")).toEqual(given.get("configuration/dhcp6/eth0"));
  expect(given.get("configuration/dhcp6/eth0")).toMatchObject({
    dhcp6: { routeMetric: 9, clientIdentifier: { clientIdentifier: "duid", duidRawHex: "0001aa" } },
  });
  const both = operatorSpecs(world(v1alpha1("[{ interface: eth0, dhcp: true, dhcpOptions: { ipv6: true } }]")));
  expect(ids(both).filter((id) => id.endsWith("/eth0"))).toEqual([
    "configuration/dhcp4/eth0",
    "configuration/dhcp6/eth0",
  ]);
});

const [ownKey, peerKey] = [new Uint8Array(32).fill(1).toBase64(), new Uint8Array(32).fill(2).toBase64()];

test("a tunnel is the same in both forms, and layers add their peers to it", () => {
  const peer = `{ publicKey: ${peerKey}, endpoint: "192.0.2.1:51820", persistentKeepaliveInterval: 25s, allowedIPs: [10.1.0.0/24] }`;
  const tunnel = `privateKey: ${ownKey}, listenPort: 51820, firewallMark: 32, peers: [${peer}]`;
  const old = linkSpecs(world(v1alpha1(`[{ interface: wg0, wireguard: { ${tunnel} } }]`)));
  const document = `{ apiVersion: v1alpha1, kind: WireguardConfig, name: wg0, ${tunnel} }`;
  const given = linkSpecs(world(`version: v1alpha1\nmachine: { type: worker }\n---\n${document}\n`));
  const spec = given.get("configuration/wg0");
  expect(spec).toEqual(old.get("configuration/wg0") ?? ({} as LinkSpecOf));
  expect(spec).toMatchObject({
    ...{ logical: true, kind: "wireguard", type: "nohdr" },
    wireguard: {
      ...{ privateKey: ownKey, listenPort: 51_820, firewallMark: 32 },
      peers: [
        { publicKey: peerKey, presharedKey: "", persistentKeepaliveInterval: 25_000, allowedIPs: ["10.1.0.0/24"] },
      ],
    },
  });
  if (spec?.wireguard === undefined) throw new Error("no tunnel");
  const [ours] = spec.wireguard.peers;
  if (ours === undefined) throw new Error("no peer");
  const lower = {
    ...{ ...spec, layer: "platform" as const },
    wireguard: {
      ...{ privateKey: "lower", listenPort: 1, firewallMark: 7 },
      peers: [
        { ...ours, endpoint: "" },
        { ...ours, publicKey: ownKey },
      ],
    },
  };
  const merged = mergeLinks([lower, { ...spec, wireguard: { ...spec.wireguard, firewallMark: 0 } }]).get("wg0");
  expect(merged?.wireguard).toEqual({
    ...{ privateKey: ownKey, listenPort: 51_820, firewallMark: 7 },
    peers: [{ ...ours, publicKey: ownKey }, ours],
  });
});

test("the command line makes links under its own layer, and their members ask for nothing", () => {
  const line = "bond=bond0:eth0,uplink:mode=active-backup,primary=eth0:1400 vlan=vlan0005:bond0 ip=bond0.5:dhcp";
  const specs = linkSpecs(world(undefined, line));
  expect(ids(specs).filter((id) => id.startsWith("cmdline/"))).toEqual([
    ...["cmdline/bond0.5", "cmdline/bond0", "cmdline/eth0", "cmdline/eth2"],
  ]);
  expect(specs.get("cmdline/bond0")).toMatchObject({ mtu: 1_400, bondMaster: { mode: "active-backup", primary: 1 } });
  expect(specs.get("cmdline/eth2")).toMatchObject({ bondSlave: { masterName: "bond0", slaveIndex: 1 } });
  expect(specs.get("cmdline/bond0.5")).toMatchObject({ kind: "vlan", parentName: "bond0", vlan: { vlanID: 5 } });
  expect(ids(operatorSpecs(world(undefined, line)))).toEqual(["default/dhcp4/eth1", "cmdline/dhcp4/bond0.5"]);
  // The parent of a VLAN stays what it was; what the configuration ignores is not made.
  expect(ids(operatorSpecs(world(undefined, "vlan=eth0.5:eth0")))).toContain("default/dhcp4/eth0");
  const ignoring = world(v1alpha1("[{ interface: bond0, ignore: true }]"), "bond=bond0:eth0");
  expect(ids(linkSpecs(ignoring)).filter((id) => id.startsWith("cmdline/"))).toEqual([]);
});

test("a gateway outside of the link's network gets a way of its own", () => {
  const near = routeSpecs(world(undefined, "ip=10.0.0.2::10.0.0.1:255.255.255.0::eth0"));
  expect(ids(near)).toEqual(["cmdline/inet4/10.0.0.1//1024"]);
  const far = routeSpecs(world(undefined, "ip=10.0.0.2::172.16.0.1:255.255.255.255::eth0"));
  expect(ids(far)).toEqual(["cmdline/inet4/172.16.0.1//1024", "cmdline/inet4//172.16.0.1/32/1024"]);
  expect(far.get("cmdline/inet4//172.16.0.1/32/1024")).toMatchObject({ scope: "link", src: "10.0.0.2" });
  const ipv6 = routeSpecs(world(undefined, "ip=[fd00::2]::[fe80::1]:64::eth0"));
  expect(ids(ipv6)).toEqual(["cmdline/eth0/inet6/fe80::1//1024"]);
});

test("a VLAN's name fits the kernel, and no two parents share one", () => {
  expect(vlanName("eth0", 4_094)).toBe("eth0.4094");
  const names = ["enx001122aabbcc", "enx001122aabbcd"].map((parent) => vlanName(parent, 4_094));
  expect(new Set(names).size).toBe(2);
  expect(names.every((name) => name.length <= 15 && name.startsWith("enx0") && name.endsWith(".4094"))).toBe(true);
});

test("a bond is told only what its mode knows", () => {
  expect(bondNumbers(bondOf({ mode: "active-backup", lacpRate: "fast", miimon: 50 }))).toMatchObject({
    mode: 1,
    miimon: 50,
  });
  expect(bondNumbers(bondOf({ mode: "active-backup", lacpRate: "fast" }))).not.toHaveProperty("lacpRate");
  expect(bondNumbers(bondOf({ mode: "802.3ad", lacpRate: "fast", xmitHashPolicy: "layer3+4" }))).toMatchObject({
    ...{ mode: 4, lacpRate: 1, xmitHashPolicy: 1, adLacpActive: 1 },
  });
});

test("what is taken out of a bond's configuration goes back to what it was", () => {
  const numbers = (given: Record<string, unknown>) => bondNumbers(bondOf(given));
  expect(numbers({ mode: "active-backup", miimon: 100 })).toMatchObject({
    ...{ miimon: 100, updelay: 0, downdelay: 0, peerNotifyDelay: 0, arpInterval: 0, arpIpTargets: [], minLinks: 0 },
  });
  // Without checks of links the kernel takes no delays, and these modes know no probes.
  expect(numbers({ mode: "active-backup" })).not.toHaveProperty("updelay");
  expect(numbers({ mode: "802.3ad", packetsPerSlave: 1 })).not.toHaveProperty("arpInterval");
  expect(numbers({ mode: "802.3ad" })).not.toHaveProperty("packetsPerSlave");
});

test("a higher layer changes of a link what it says, and leaves the rest", () => {
  const [plain] = [...linkSpecs(world(undefined)).values()].filter(({ name }) => name === "eth0");
  const operator = { ...plain, name: "eth0", layer: "operator", mtu: 1_420 } as LinkSpecOf;
  const configured = { ...plain, name: "eth0", layer: "configuration", up: false } as LinkSpecOf;
  expect(mergeLinks([operator, configured]).get("eth0")).toMatchObject({
    mtu: 1_420,
    up: false,
    layer: "configuration",
  });
});

type LinkSpecOf = Parameters<typeof mergeLinks>[0][number];

test("a lease becomes wishes under the operator's name", () => {
  const lease: Lease = {
    ...{ address: "10.0.2.15", prefixLength: 24, server: "10.0.2.2", mtu: undefined, searchDomains: [] },
    ...{ dns: ["10.0.2.3"], ntp: [], hostname: "node-1", domain: "example.org" },
    ...{ leaseSeconds: 3_600, renewSeconds: 1_800, rebindSeconds: 3_150 },
    routes: [
      { destination: "0.0.0.0/0", gateway: "10.0.2.2" },
      { destination: "10.9.0.0/16", gateway: undefined },
    ],
  };
  const wishes = noWishes();
  const [spec] = operatorSpecs(world(undefined)).values();
  if (spec === undefined) throw new Error("nobody asks");
  addLease(wishes, spec, lease);
  expect(ids(wishes.addresses)).toEqual(["dhcp4/eth0/eth0/10.0.2.15/24"]);
  expect(ids(wishes.routes)).toEqual(["dhcp4/eth0/inet4/10.0.2.2//1024", "dhcp4/eth0/inet4//10.9.0.0/16/1024"]);
  expect([...wishes.routes.values()].every(({ src }) => src === "10.0.2.15")).toBe(true);
  expect(wishes.hostnames.get("dhcp4/eth0/hostname")).toMatchObject({ hostname: "node-1", domainname: "example.org" });
  expect([wishes.links.size, wishes.timeServers.size]).toEqual([0, 0]);
});

test("addresses that the control plane shares are elected for, said in either form", () => {
  const old = vipSpecs(world(v1alpha1("[{ interface: eth0, dhcp: true, vip: { ip: 192.0.2.100 } }]")));
  const document = "apiVersion: v1alpha1\nkind: Layer2VIPConfig\nname: 192.0.2.100\nlink: eth0\n";
  const fromDocument = vipSpecs(world(`version: v1alpha1\nmachine: { type: controlplane }\n---\n${document}`));
  expect(ids(old)).toEqual(["configuration/vip/eth0/192.0.2.100"]);
  expect(Object.fromEntries(fromDocument)).toEqual(Object.fromEntries(old));
});
