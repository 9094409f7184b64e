import { expect, test } from "bun:test";
import fc from "fast-check";
import { inNetworkNamespace } from "../../linux/testing/namespace.ts";
import { NetlinkError } from "../netlink-error.ts";
import { decodeLinkAddress } from "./address.ts";
import { type Change, decodeChange } from "./changes.ts";
import { decodeLink } from "./link.ts";
import { decodeNeighbour, type Neighbour } from "./neighbour.ts";
import { decodeRoute } from "./route.ts";
import { Rtnetlink } from "./rtnetlink.ts";
import { decodeRule } from "./rule.ts";

/** A fresh network with a bridge that is up: the one kind of link every kernel of ours has built in. */
const inNetwork = (body: (rtnetlink: Rtnetlink) => void | Promise<void>) =>
  inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    rtnetlink.createLink({ name: "br0", kind: "bridge" });
    rtnetlink.setLinkUp("br0");
    await body(rtnetlink);
  });

test("a new network has a loopback that is down", () =>
  inNetworkNamespace(() => {
    using rtnetlink = new Rtnetlink();
    expect(rtnetlink.links()).toMatchObject([
      { index: 1, name: "lo", isLoopback: true, isUp: false, type: 772, mtu: 65_536 },
    ]);
    rtnetlink.setLinkUp("lo");
    expect(rtnetlink.addresses().map(({ prefix }) => prefix)).toEqual(["127.0.0.1/8", "::1/128"]);
  }));

test("links are made, changed, joined to a bridge and deleted", () =>
  inNetwork((rtnetlink) => {
    rtnetlink.createLink({ name: "near", kind: "veth", peerName: "far" });
    const bridge = rtnetlink.link("br0");
    const far = rtnetlink.link("far");
    rtnetlink.setLink("near", { mtu: 1_400, hardwareAddress: "52:54:00:12:34:56", masterIndex: bridge?.index ?? 0 });
    expect(rtnetlink.link("near")).toMatchObject({
      kind: "veth",
      slaveKind: "bridge",
      mtu: 1_400,
      hardwareAddress: "52:54:00:12:34:56",
      masterIndex: bridge?.index,
      parentIndex: far?.index,
      isUp: false,
      operationalState: "down",
    });
    rtnetlink.setLink("far", { name: "renamed" });
    rtnetlink.setLinkUp("near");
    rtnetlink.setLinkUp("renamed");
    expect(rtnetlink.link("near")).toMatchObject({ isUp: true, hasCarrier: true });
    rtnetlink.deleteLink("near");
    expect(rtnetlink.links().map(({ name }) => name)).toEqual(["lo", "br0"]);
  }));

test("links are as the kernel has them, whoever changed them", () =>
  inNetwork((rtnetlink) => {
    using other = new Rtnetlink();
    const mtu = () => rtnetlink.links().find(({ name }) => name === "br0")?.mtu;
    expect([mtu(), mtu()]).toEqual([1_500, 1_500]);
    other.setLink("br0", { mtu: 1_400 });
    expect(mtu()).toBe(1_400);
    rtnetlink.setLink("br0", { mtu: 1_300 });
    expect(mtu()).toBe(1_300);
    other.createLink({ name: "br1", kind: "bridge" });
    // More is told than there is room for.
    for (let index = 0; index < 1_000; index += 1) other.setLink("br0", { mtu: 1_000 + index });
    expect(mtu()).toBe(1_999);
    expect(rtnetlink.links().map(({ name }) => name)).toEqual(["lo", "br0", "br1"]);
    other.deleteLink("br1");
    expect(rtnetlink.links().map(({ name }) => name)).toEqual(["lo", "br0"]);
  }));

test("addresses are added, given another lifetime, and removed", () =>
  inNetwork((rtnetlink) => {
    rtnetlink.addAddress("br0", "192.0.2.7/24", { broadcast: "192.0.2.255", validSeconds: 3_600 });
    rtnetlink.addAddress("br0", "2001:db8::7/64");
    rtnetlink.addAddress("br0", "192.0.2.7/24", { validSeconds: 7_200, preferredSeconds: 100 });
    const addresses = rtnetlink.addresses().filter(({ scope }) => scope === "global");
    expect(addresses).toMatchObject([
      { prefix: "192.0.2.7/24", family: "inet4", broadcast: "192.0.2.255", validSeconds: 7_200, preferredSeconds: 100 },
      { prefix: "2001:db8::7/64", family: "inet6", prefixLength: 64, validSeconds: 0xffffffff },
    ]);
    rtnetlink.removeAddress("br0", "192.0.2.7/24");
    rtnetlink.removeAddress("br0", "2001:db8::7/64");
    expect(rtnetlink.addresses().filter(({ scope }) => scope === "global")).toEqual([]);
  }));

test("routes are added, replaced and removed, of both families", () =>
  inNetwork((rtnetlink) => {
    rtnetlink.addAddress("br0", "192.0.2.7/24");
    rtnetlink.addAddress("br0", "2001:db8::7/64");
    const route = { gateway: "192.0.2.1", metric: 1_024, protocol: "dhcp", source: "192.0.2.7" } as const;
    rtnetlink.addRoute(route);
    rtnetlink.addRoute({ ...route, mtu: 1_400 });
    rtnetlink.addRoute({ destination: "10.0.0.0/8", link: "br0", table: 1_000 });
    rtnetlink.addRoute({ destination: "2001:db8:1::/48", gateway: "2001:db8::1" });
    const ours = rtnetlink.routes().filter(({ protocol }) => protocol === "dhcp" || protocol === "static");
    expect(ours).toMatchObject([
      { destination: "10.0.0.0/8", gateway: undefined, table: 1_000, scope: "link" },
      {
        destination: undefined,
        gateway: "192.0.2.1",
        metric: 1_024,
        source: "192.0.2.7",
        tableName: "main",
        mtu: 1_400,
      },
      { destination: "2001:db8:1::/48", family: "inet6", gateway: "2001:db8::1", type: "unicast" },
    ]);
    rtnetlink.removeRoute(route);
    expect(rtnetlink.routes().filter(({ protocol }) => protocol === "dhcp")).toEqual([]);
  }));

test("rules are added, asked in order and removed, of both families", () =>
  inNetwork((rtnetlink) => {
    const usual = rtnetlink.rules();
    expect(usual.map(({ family, priority, table }) => [family, priority, table])).toEqual([
      ["inet4", 0, 255],
      ["inet6", 0, 255],
      ["inet4", 32_766, 254],
      ["inet6", 32_766, 254],
      ["inet4", 32_767, 253],
    ]);
    const marked = { family: "inet4", priority: 100, table: 1_000, mark: 0x20, markMask: 0x60 } as const;
    const strict = { family: "inet6", priority: 200, action: "unreachable", source: "2001:db8::/32" } as const;
    const other = { family: "inet4", priority: 150, suppressPrefixLength: 0, isInverted: true } as const;
    for (const rule of [marked, strict, other]) rtnetlink.addRule({ ...rule, inInterface: "br0" });
    expect(rtnetlink.rules().slice(2, 5)).toMatchObject([
      { ...marked, action: "table", inInterface: "br0", suppressPrefixLength: undefined, isInverted: false },
      { ...other, table: 254, source: undefined, mark: undefined },
      { ...strict, table: 0, destination: undefined },
    ]);
    expect(() => rtnetlink.addRule({ ...marked, inInterface: "br0" })).toThrow(
      "Cannot add the routing rule of priority 100: ",
    );
    for (const rule of [marked, strict, other]) rtnetlink.removeRule(rule);
    expect(rtnetlink.rules()).toEqual(usual);
  }));

test("neighbours are listed and heard of", () =>
  inNetwork(async (rtnetlink) => {
    rtnetlink.addAddress("br0", "192.0.2.1/24");
    const controller = new AbortController();
    const changes = rtnetlink.changes(["neighbour"], controller.signal);
    const known = { address: "192.0.2.9", hardwareAddress: "52:54:00:12:34:56" };
    Bun.spawnSync(["ip", "neighbour", "add", known.address, "lladdr", known.hardwareAddress, "dev", "br0"]);
    const expected = { ...known, linkIndex: 2, family: "inet4", state: "permanent" };
    for await (const change of changes) {
      expect(change).toEqual({ kind: "neighbour", removed: false, neighbour: expected } as Change);
      controller.abort();
    }
    expect(rtnetlink.neighbours()).toContainEqual(expected as Neighbour);
  }));

test("a refusal carries the kernel's own words, and the socket goes on", () =>
  inNetwork((rtnetlink) => {
    expect(() => rtnetlink.addRoute({ destination: "10.0.0.0/8", gateway: "203.0.113.1" })).toThrow(
      "Cannot add the route to 10.0.0.0/8: Nexthop has invalid gateway: network is unreachable (ENETUNREACH)",
    );
    expect(() => rtnetlink.createLink({ name: "x", kind: "no-such-kind" })).toThrow(NetlinkError);
    expect(() => rtnetlink.setLinkUp("gone")).toThrow('Cannot find the link "gone"');
    expect([rtnetlink.link("gone"), rtnetlink.link(99), rtnetlink.link("longer-than-any")]).toEqual([
      ...[undefined, undefined, undefined],
    ]);
    expect([rtnetlink.link("lo")?.index, rtnetlink.link(2)?.name]).toEqual([1, "br0"]);
    expect(rtnetlink.links().length).toBe(2);
  }));

test("a dump of more than one datagram is whole", () =>
  inNetwork((rtnetlink) => {
    for (let index = 0; index < 1_000; index += 1) {
      rtnetlink.addAddress("br0", `10.1.${index >> 8}.${index & 255}/32`);
    }
    expect(new Set(rtnetlink.addresses().map(({ prefix }) => prefix)).size).toBeGreaterThanOrEqual(1_000);
  }));

test("changes are told from the moment of asking, until the signal aborts", () =>
  inNetwork(async (rtnetlink) => {
    const controller = new AbortController();
    const changes = rtnetlink.changes(["link", "address", "route"], controller.signal);
    rtnetlink.addAddress("br0", "192.0.2.7/24");
    rtnetlink.addRoute({ gateway: "192.0.2.1" });
    rtnetlink.deleteLink("br0");
    const seen: string[] = [];
    for await (const change of changes) {
      seen.push(describe(change));
      if (change.kind === "link" && change.removed) controller.abort();
    }
    expect(seen).toContain("address + 192.0.2.7/24");
    expect(seen).toContain("route + default");
    expect(seen).toContain("address - 192.0.2.7/24");
    expect(seen).toContain("link - br0");
  }));

test(
  "when changes come faster than they are read, the reader is told to read everything again",
  () =>
    inNetwork(async (rtnetlink) => {
      const controller = new AbortController();
      const changes = rtnetlink.changes(["address"], controller.signal);
      // Nothing is read meanwhile: this fills the socket's buffer, and the kernel drops the rest.
      for (let index = 0; index < 15_000; index += 1) {
        rtnetlink.addAddress(2, "192.0.2.7/32", { validSeconds: 1_000 + index });
      }
      let told = 0;
      let losses = 0;
      for await (const change of changes) {
        told += 1;
        // What changes after a loss is told again.
        if (change.kind === "resync" && losses === 0) rtnetlink.addAddress(2, "192.0.2.99/32");
        if (change.kind === "resync") losses += 1;
        if (change.kind === "address" && change.address.address === "192.0.2.99") controller.abort();
      }
      expect(losses).toBeGreaterThan(0);
      expect(told).toBeLessThan(15_000);
      expect(rtnetlink.addresses().find(({ address }) => address === "192.0.2.7")?.validSeconds).toBeGreaterThan(
        15_000,
      );
    }),
  20_000,
);

test("any bytes are read as links, addresses and routes without failing", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 160 }), fc.nat(40), (body, type) => {
      const decoded = [decodeLink, decodeLinkAddress, decodeRoute, decodeRule, decodeNeighbour].map((it) => it(body));
      expect(decoded.length).toBe(5);
      const changes = [...decodeChange({ type, flags: 0, sequence: 0, body })];
      expect(changes.length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 1_000 },
  );
});

function describe(change: Change): string {
  if (change.kind === "resync" || change.kind === "rule" || change.kind === "neighbour") return change.kind;
  const sign = change.removed ? "-" : "+";
  if (change.kind === "link") return `link ${sign} ${change.link.name}`;
  if (change.kind === "address") return `address ${sign} ${change.address.prefix}`;
  return `route ${sign} ${change.route.destination ?? "default"}`;
}
