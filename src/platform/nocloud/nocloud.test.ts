import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { fuzzCases } from "../../../test/support/fuzz.ts";
import { messageOf } from "../../errors/message.ts";
import { parseKernelArguments } from "../kernel-arguments.ts";
import { metadataOf } from "./meta-data.ts";
import { readNetworkConfig } from "./network-config.ts";
import { readSeed, type Seed, userDataOf } from "./seed.ts";
import { seedPlaceOf } from "./seed-place.ts";

const { signal } = new AbortController();
const noArguments = parseKernelArguments("");
const volumes = { loadDrivers: async () => {}, devices: async () => [] };
const bytes = (text: string) => new TextEncoder().encode(text);
const seedWith = (seed: Partial<Seed>): Seed => ({
  ...{ metaData: undefined, networkConfig: undefined, userData: undefined },
  ...seed,
});
const nowhere = seedPlaceOf(noArguments, "");

describe("where the seed is", () => {
  test.each([
    ["", { url: undefined, hostname: undefined, instanceId: undefined }],
    ["PF2ABCDE", { url: undefined, hostname: undefined, instanceId: undefined }],
    ["ds=nocloud", { url: undefined, hostname: undefined, instanceId: undefined }],
    ["ds=nocloud-net;s=http://10.0.0.1:8080/a", { url: "http://10.0.0.1:8080/a/" }],
    ["ds=nocloud;s=https://h/;h=node-1;i=id-7", { url: "https://h/", hostname: "node-1", instanceId: "id-7" }],
    ["ds=nocloud;s=file:///etc;h=", { url: undefined, hostname: undefined }],
    ["ds=openstack;s=http://h/", { url: undefined }],
  ])("serial number %j", (serial, place) => {
    expect(seedPlaceOf(noArguments, serial)).toMatchObject(place);
  });

  test("the kernel's argument comes before the firmware's word", () => {
    const args = parseKernelArguments("ds=nocloud;s=http://a/;h=x quiet");
    expect(seedPlaceOf(args, "ds=nocloud;s=http://b/")).toEqual({
      url: "http://a/",
      hostname: "x",
      instanceId: undefined,
    });
  });
});

describe("a seed from a server", () => {
  const files: Record<string, string> = { "/s/meta-data": "instance-id: 007\n", "/s/user-data": "version: v1alpha1\n" };
  const serve = () =>
    Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: ({ url }) => {
        const file = files[new URL(url).pathname];
        return file === undefined ? new Response("", { status: 404 }) : new Response(file);
      },
    });

  test("is what it has, and what it lacks is missing", async () => {
    await using server = serve();
    const seed = await readSeed({ ...nowhere, url: `http://127.0.0.1:${server.port}/s/` }, volumes, signal);
    expect(seed).toEqual({
      ...{ metaData: "instance-id: 007\n", networkConfig: undefined },
      userData: Buffer.from("version: v1alpha1\n"),
    });
    expect(metadataOf(seed ?? seedWith({}), nowhere)).toEqual({ platform: "nocloud", instanceId: "007" });
  });

  test("that is not there is told, without the way to its secrets", async () => {
    const gone = serve();
    const origin = `http://127.0.0.1:${gone.port}`;
    await gone.stop(true);
    const problem = await readSeed({ ...nowhere, url: `${origin}/a-secret/` }, volumes, signal).catch(messageOf);
    expect(problem).toStartWith(`Cannot fetch the seed's meta-data from ${origin}`);
    expect(problem).not.toContain("a-secret");
  });

  test("may say where the config is", async () => {
    await using server = serve();
    const include = (path: string) =>
      userDataOf(seedWith({ userData: bytes(`#include\n\nhttp://127.0.0.1:${server.port}${path}\n`) }), signal);
    expect(new TextDecoder().decode(await include("/s/user-data"))).toBe("version: v1alpha1\n");
    expect(await include("/none")).toBeUndefined();
  });
});

test("user data for cloud-init is no config of ours, and neither is none", async () => {
  const config = bytes("version: v1alpha1\n");
  expect(await userDataOf(seedWith({ userData: config }), signal)).toBe(config);
  expect(await userDataOf(seedWith({ userData: bytes("#cloud-config\nusers: []\n") }), signal)).toBeUndefined();
  expect(await userDataOf(seedWith({ userData: bytes("") }), signal)).toBeUndefined();
  expect(await userDataOf(seedWith({}), signal)).toBeUndefined();
});

test("no volume means no seed", async () => {
  expect(await readSeed(nowhere, volumes, signal)).toBeUndefined();
});

test("a machine is named by its place, its meta-data, or cloud-init's user data, in this order", () => {
  const userData = bytes("#cloud-config\nhostname: third\n");
  const metaData = "local-hostname: second\nregion: r\n";
  const place = { ...nowhere, hostname: "first", instanceId: "i-1" };
  const hostname = (seed: Partial<Seed>, at = nowhere) => metadataOf(seedWith(seed), at).hostname;
  expect(hostname({ metaData, userData }, place)).toBe("first");
  expect(hostname({ metaData, userData })).toBe("second");
  expect(hostname({ userData })).toBe("third");
  expect(metadataOf(seedWith({ metaData }), place)).toEqual({
    ...{ platform: "nocloud", hostname: "first", internalDNS: "second", instanceId: "i-1", region: "r" },
  });
});

const plain = { mtu: 0, dhcp4: undefined, dhcp6: undefined, addresses: [], routes: [] };
const route = { metric: undefined, table: undefined, isOnLink: false };

test("version 1", () => {
  const { links, dnsServers, searchDomains, problems } = readNetworkConfig(`
version: 1
config:
  - { type: physical, name: nic0, mac_address: "52:54:00:AA:00:01", mtu: 9000, subnets: [{ type: dhcp }] }
  - type: physical
    name: nic1
    subnets:
      - { type: static, address: 192.0.2.7, netmask: 255.255.255.192, gateway: 192.0.2.1, dns_nameservers: [192.0.2.2] }
      - type: static6
        address: 2001:db8::7/64
        routes: [{ network: "2001:db8:9::", netmask: 48, gateway: "fe80::1", metric: 7 }]
      - { type: static, address: 192.0.2.300/24 }
  - type: bond
    name: bond7
    bond_interfaces: [nic0, nic1]
    params: { bond-mode: 802.3ad, bond-lacp-rate: fast, bond-xmit-hash-policy: layer3+4, bond-miimon: 100, up-delay: 5 }
  - { type: vlan, name: bond7.9, vlan_id: 9, vlan_link: bond7, subnets: [{ type: ipv6_dhcpv6-stateful }] }
  - { type: bridge, name: br7, bridge_interfaces: [nic1], params: { bridge_stp: "on" } }
  - { type: nameserver, address: 192.0.2.53, search: [example.org] }
  - { type: infiniband, name: ib0 }
`);
  const physical = { kind: "physical", hardwareAddr: undefined, pattern: undefined };
  const parameters = { mode: "802.3ad", lacpRate: "fast", xmitHashPolicy: "layer3+4", miimon: 100, updelay: 5 };
  expect(links).toEqual([
    {
      ...plain,
      id: "nic0",
      kind: { ...physical, hardwareAddr: "52:54:00:AA:00:01" } as never,
      mtu: 9_000,
      dhcp4: 1_024,
    },
    {
      ...{ ...plain, id: "nic1", kind: physical as never, addresses: ["192.0.2.7/26", "2001:db8::7/64"] },
      routes: [
        { ...route, destination: "", gateway: "192.0.2.1" },
        { ...route, destination: "2001:db8:9::/48", gateway: "fe80::1", metric: 7 },
      ],
    },
    {
      ...{ ...plain, id: "bond7" },
      kind: { kind: "bond", members: ["nic0", "nic1"], parameters: { ...parameters, downdelay: undefined } },
    },
    { ...plain, id: "bond7.9", kind: { kind: "vlan", parent: "bond7", id: 9 }, dhcp6: 2_048 },
    { ...plain, id: "br7", kind: { kind: "bridge", members: ["nic1"], stp: true } },
  ]);
  expect(dnsServers.toSorted()).toEqual(["192.0.2.2", "192.0.2.53"]);
  expect(searchDomains).toEqual(["example.org"]);
  expect(problems).toEqual([
    'Cannot use all of the seed\'s network-config for the link "nic1": "192.0.2.300/24" is no address',
    'Cannot use all of the seed\'s network-config: what is of type "infiniband"',
  ]);
});

test("version 2, in cloud-init's wrapping or without", () => {
  const text = `
version: 2
ethernets:
  second: { match: { name: "en*" }, dhcp4: true, dhcp6: yes, nameservers: { addresses: [192.0.2.53, bad] } }
  first:
    match: { macaddress: "52:54:00:aa:00:01" }
    addresses: [192.0.2.7/24, 2001:db8::7]
    gateway4: 192.0.2.1
    gateway6: fe80::1
    routes:
      - { to: default, via: 192.0.2.254, metric: 5, on-link: true, table: 9 }
      - { to: 10.0.0.0/8, via: nobody }
      - { to: 10.0.0.0/33, via: 192.0.2.1 }
bonds:
  b: { interfaces: [first, second], parameters: { mode: active-backup, mii-monitor-interval: 100 }, mtu: 1400 }
vlans:
  v: { id: 4, link: b }
`;
  const wrapped = `network:\n${text.replaceAll(/^(?=.)/gm, "  ")}`;
  const found = readNetworkConfig(text);
  expect(readNetworkConfig(wrapped)).toEqual(found);
  expect(found.links.map(({ id }) => id)).toEqual(["first", "second", "b", "v"]);
  const [first, second, bond, vlan] = found.links;
  expect(first).toMatchObject({ addresses: ["192.0.2.7/24", "2001:db8::7/128"], dhcp4: undefined });
  expect(first?.routes).toEqual([
    { ...route, destination: "", gateway: "192.0.2.1" },
    { ...route, destination: "", gateway: "fe80::1" },
    { destination: "", gateway: "192.0.2.254", metric: 5, table: 9, isOnLink: true },
  ]);
  expect(second).toMatchObject({ kind: { kind: "physical", pattern: "en*" }, dhcp4: 1_024, dhcp6: 1_024 });
  expect(bond).toMatchObject({ mtu: 1_400, kind: { members: ["first", "second"], parameters: { miimon: 100 } } });
  expect(vlan).toMatchObject({ kind: { kind: "vlan", parent: "b", id: 4 } });
  expect(found.dnsServers).toEqual(["192.0.2.53"]);
  expect(found.problems).toHaveLength(3);
});

test.each([
  ["", "it is no YAML map"],
  ["{", "it is no YAML map"],
  ["- 1", "it is no YAML map"],
  ["version: 3", "its version is 3"],
  ["ethernets: {}", "its version is missing"],
  ["network: 7", "its version is missing"],
])("%j is told", (text, problem) => {
  expect(readNetworkConfig(text)).toMatchObject({ links: [], problems: [expect.stringContaining(problem)] });
});

test("no network-config makes the reader throw", () => {
  const key = fc.constantFrom(
    ...["version", "config", "network", "ethernets", "bonds", "vlans", "bridges", "type", "name", "subnets", "address"],
    ...["addresses", "routes", "via", "to", "match", "parameters", "params", "gateway4", "nameservers", "mtu", "id"],
  );
  const scalar = fc.oneof(
    fc.constantFrom("1", "2", "static", "physical", "bond", "10.0.0.1/24", "default"),
    fc.string(),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      scalar,
      fc.integer(),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(key, tie("value"), { maxKeys: 5 }),
    ),
  }));
  const document = fc.record({
    version: fc.constantFrom(1, 2),
    config: value,
    ethernets: value,
    bonds: value,
    vlans: value,
  });
  const text = fc.oneof(
    fc.string(),
    document.map((one) => JSON.stringify(one)),
  );
  fc.assert(
    fc.property(text, (one) => {
      expect(Array.isArray(readNetworkConfig(one).links)).toBe(true);
      expect(metadataOf(seedWith({ metaData: one, userData: bytes(one) }), nowhere).platform).toBe("nocloud");
    }),
    { numRuns: fuzzCases(200) },
  );
});
