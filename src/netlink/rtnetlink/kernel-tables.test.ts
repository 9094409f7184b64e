import { expect, test } from "bun:test";
import fc from "fast-check";
import { inNetworkNamespace } from "../../linux/testing/namespace.ts";
import { NetlinkSocket } from "../netlink-socket.ts";
import { KernelTables } from "./kernel-tables.ts";
import { noticeOf } from "./notices.ts";
import { Rtnetlink } from "./rtnetlink.ts";

/** A bridge and a cable that are up, and somebody else who changes them. */
const inNetwork = (body: (rtnetlink: Rtnetlink, other: Rtnetlink) => void | Promise<void>) =>
  inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    using other = new Rtnetlink();
    other.createLink({ name: "br0", kind: "bridge" });
    other.createLink({ name: "near", kind: "veth", peerName: "far" });
    for (const name of ["lo", "br0", "near", "far"]) other.setLinkUp(name);
    await settled(rtnetlink);
    await body(rtnetlink, other);
  });

/** The kernel takes note of carriers a moment later. */
async function settled(rtnetlink: Rtnetlink): Promise<void> {
  const stopping = new AbortController();
  const news = rtnetlink.news(["link"], stopping.signal);
  const isSettled = () =>
    Object.entries({ near: "up", far: "up" }).every(
      ([name, state]) => linkOf(rtnetlink, name)?.operationalState === state,
    );
  if (!isSettled()) for await (const _ of news) if (isSettled()) break;
  stopping.abort();
}

const linkOf = (rtnetlink: Rtnetlink, name: string) => rtnetlink.links().find((link) => link.name === name);
const destinations = (rtnetlink: Rtnetlink) =>
  rtnetlink.routes().flatMap(({ protocol, destination }) => (protocol === "static" ? [destination] : []));

test("a link that nobody changed stays the same object, and one that somebody changed does not", () =>
  inNetwork((rtnetlink, other) => {
    const [bridge, far] = [linkOf(rtnetlink, "br0"), linkOf(rtnetlink, "far")];
    other.setLink("far", { mtu: 1_400 });
    expect(linkOf(rtnetlink, "far")).toEqual({ ...far, mtu: 1_400 } as NonNullable<typeof far>);
    expect(linkOf(rtnetlink, "far")).not.toBe(far);
    // Its timers went on meanwhile, and nobody reads them.
    expect(linkOf(rtnetlink, "br0")).toBe(bridge as NonNullable<typeof bridge>);
    expect(rtnetlink.links()).toBe(rtnetlink.links());
  }));

test("a cable that went and came back is not the one from before", () =>
  inNetwork(async (rtnetlink, other) => {
    const before = linkOf(rtnetlink, "near")?.carrierChanges ?? 0;
    const stopping = new AbortController();
    const news = rtnetlink.news(["link"], stopping.signal);
    other.setLinkUp("far", false);
    other.setLinkUp("far");
    const isBack = () => {
      const link = linkOf(rtnetlink, "near");
      return link?.operationalState === "up" && link.carrierChanges > before;
    };
    for await (const _ of news) if (isBack()) break;
    stopping.abort();
    expect(linkOf(rtnetlink, "near")).toMatchObject({ hasCarrier: true, carrierChanges: before + 2 });
  }));

test("addresses and routes of links that nothing happened to stay the same objects", () =>
  inNetwork((rtnetlink, other) => {
    other.addAddress("br0", "192.0.2.1/24");
    const [addresses, routes] = [rtnetlink.addresses(), rtnetlink.routes()];
    other.addAddress("near", "198.51.100.1/24");
    other.addRoute({ destination: "203.0.113.0/24", link: "near" });
    const [addressesNow, routesNow] = [rtnetlink.addresses(), rtnetlink.routes()];
    // Those of IPv6 come and settle by themselves.
    const added = addressesNow.filter((address) => address.family === "inet4" && !addresses.includes(address));
    expect(added).toMatchObject([{ prefix: "198.51.100.1/24" }]);
    const kept = addresses.filter(({ family }) => family === "inet4");
    expect(kept.every((address) => addressesNow.includes(address))).toBe(true);
    expect(routesNow.filter((route) => !routes.includes(route)).map(({ destination }) => destination)).toContain(
      "203.0.113.0/24",
    );
    expect(routes.filter(({ family }) => family === "inet4").every((route) => routesNow.includes(route))).toBe(true);
  }));

test("what the kernel does not tell is found when what is known is old, by those who listen", () =>
  inNetwork(async (_, other) => {
    other.setLinkUp("br0", false);
    let nowMs = 0;
    using socket = new NetlinkSocket(0);
    socket.checkStrictly();
    using tables = new KernelTables(socket, () => nowMs);
    const aliasOf = (name: string) => tables.links().find((link) => link.name === name)?.alias;
    const stopping = new AbortController();
    const news = tables.listen(["link"], stopping.signal);
    aliasOf("br0");
    // Of a link that is down, the alias is not told.
    other.setLink("br0", { alias: "uplink" });
    expect(aliasOf("br0")).toBeUndefined();
    nowMs = 20_000;
    other.setLink("far", { mtu: 1_400 });
    for await (const _ of news) if (aliasOf("br0") === "uplink") break;
    stopping.abort();
    // Nobody listens any more, who would hear of it in a moment.
    other.setLink("br0", { alias: "downlink" });
    nowMs = 40_000;
    expect(aliasOf("br0")).toBe("downlink");
  }));

test("routes that the kernel takes away without a word are gone", () =>
  inNetwork((rtnetlink, other) => {
    other.addAddress("br0", "192.0.2.1/24");
    other.addAddress("lo", "203.0.113.9/32");
    other.addRoute({ destination: "10.1.0.0/16", link: "near" });
    other.addRoute({ destination: "10.2.0.0/16", gateway: "192.0.2.9", source: "203.0.113.9" });
    expect(destinations(rtnetlink)).toEqual(["10.2.0.0/16", "10.1.0.0/16"]);
    // It leaves with an address of another link.
    other.removeAddress("lo", "203.0.113.9/32");
    expect(destinations(rtnetlink)).toEqual(["10.1.0.0/16"]);
    other.setLinkUp("near", false);
    expect(destinations(rtnetlink)).toEqual([]);
  }));

test("routes that lead out of several links, or of none, are seen", () =>
  inNetwork((rtnetlink, other) => {
    other.addAddress("near", "192.0.2.1/24");
    expect(destinations(rtnetlink)).toEqual([]);
    const route = ["ip", "route", "add"];
    const ways = ["nexthop", "via", "192.0.2.8", "dev", "near", "nexthop", "via", "192.0.2.9", "dev", "near"];
    Bun.spawnSync([...route, "10.1.0.0/16", "proto", "static", ...ways]);
    Bun.spawnSync([...route, "blackhole", "10.2.0.0/16", "proto", "static"]);
    expect(destinations(rtnetlink)).toEqual(["10.1.0.0/16", "10.2.0.0/16"]);
    other.setLinkUp("near", false);
    expect(destinations(rtnetlink)).toEqual(["10.2.0.0/16"]);
  }));

test("what goes with a link is gone with it", () =>
  inNetwork((rtnetlink, other) => {
    other.addAddress("near", "192.0.2.1/24");
    other.addRoute({ destination: "10.1.0.0/16", link: "near" });
    const index = linkOf(rtnetlink, "near")?.index;
    expect(rtnetlink.addresses().some(({ linkIndex }) => linkIndex === index)).toBe(true);
    expect(destinations(rtnetlink)).toEqual(["10.1.0.0/16"]);
    other.deleteLink("near");
    expect(rtnetlink.links().map(({ name }) => name)).toEqual(["lo", "br0"]);
    expect(rtnetlink.addresses().some(({ linkIndex }) => linkIndex === index)).toBe(false);
    expect(rtnetlink.routes().some(({ linkIndex }) => linkIndex === index)).toBe(false);
  }));

test(
  "when more is told than there is room for, everything is read anew",
  () =>
    inNetwork(async (rtnetlink, other) => {
      const stopping = new AbortController();
      const news = rtnetlink.news(["address", "route"], stopping.signal);
      expect([rtnetlink.addresses().length, rtnetlink.routes().length]).not.toContain(0);
      const index = linkOf(rtnetlink, "br0")?.index ?? 0;
      // Nothing is read meanwhile: this fills the socket's buffer, and the kernel drops the rest.
      for (let round = 0; round < 15_000; round += 1) {
        other.addAddress(index, "192.0.2.7/32", { validSeconds: 1_000 + round });
      }
      other.addAddress("near", "198.51.100.1/32");
      other.addRoute({ destination: "10.1.0.0/16", link: "near" });
      expect(rtnetlink.addresses().map(({ prefix }) => prefix)).toContain("198.51.100.1/32");
      expect(destinations(rtnetlink)).toEqual(["10.1.0.0/16"]);
      // Who listens is woken by a loss as by anything else.
      for await (const _ of news) stopping.abort();
    }),
  20_000,
);

test("those who listen are woken once for much, and not for what they did not ask about", () =>
  inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    using other = new Rtnetlink();
    // Down: nothing happens to it by itself.
    other.createLink({ name: "br0", kind: "bridge" });
    const stopping = new AbortController();
    const woken: string[] = [];
    const last = Promise.withResolvers<void>();
    const listen = async (name: string, news: AsyncIterable<void>) => {
      for await (const _ of news) {
        woken.push(name);
        if (name === "last") last.resolve();
      }
    };
    const { signal } = stopping;
    const listening = [
      listen("first", rtnetlink.news(["link"], signal)),
      listen("none", rtnetlink.news(["route"], signal)),
      listen("last", rtnetlink.news(["link"], signal)),
    ];
    for (let mtu = 1_300; mtu < 1_320; mtu += 1) other.setLink("br0", { mtu });
    await last.promise;
    expect(woken).toEqual(["first", "last"]);
    stopping.abort();
    await Promise.all(listening);
  }));

test("any bytes are read as notices without failing", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.integer({ min: 14, max: 28 }), (body, type) => {
      const notice = noticeOf({ type, flags: 0, sequence: 0, body });
      expect(notice === undefined || notice.kind === "lost" || notice.linkIndex >= 0).toBe(true);
    }),
  );
});
