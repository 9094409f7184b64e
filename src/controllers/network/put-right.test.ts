import { expect, test } from "bun:test";
import { runtimeWith } from "../../cosi/testing.ts";
import { inNetworkNamespace } from "../../linux/testing/namespace.ts";
import type { NoticeKind } from "../../netlink/rtnetlink/notices.ts";
import { Rtnetlink } from "../../netlink/rtnetlink/rtnetlink.ts";
import { AddressSpec } from "../../resources/network/address-spec.ts";
import { LinkSpec } from "../../resources/network/link-spec.ts";
import { RouteSpec } from "../../resources/network/route-spec.ts";
import { addressSpecController } from "./address/address-spec.ts";
import { linkSpecController } from "./link/link-spec.ts";
import { routeSpecController } from "./route/route-spec.ts";
import { addressSpec, plainLink, routeSpec } from "./wanted/specs.ts";

const rounds = 8;

/** A bridge, an address and a route as they should be, and somebody else. */
const withMachine = (body: (other: Rtnetlink) => Promise<void>) =>
  inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    using other = new Rtnetlink();
    await using machine = await runtimeWith(
      linkSpecController({ rtnetlink, loadKind: async () => {} }),
      addressSpecController(rtnetlink),
      routeSpecController(rtnetlink),
    );
    const bridge = { ...plainLink("br0", "configuration"), logical: true, kind: "bridge", type: "ether" } as const;
    await machine.state.create(LinkSpec, "br0", bridge);
    await machine.state.create(AddressSpec, "br0", addressSpec("configuration", "br0", "192.0.2.7/24"));
    const route = routeSpec({ layer: "configuration", outLinkName: "br0", dst: "10.0.0.0/8", gateway: "192.0.2.1" });
    await machine.state.create(RouteSpec, "10", route);
    await body(other);
    expect(machine.logged.filter((line) => line.includes("Cannot"))).toEqual([]);
  });

async function until(other: Rtnetlink, kinds: readonly NoticeKind[], holds: () => boolean): Promise<void> {
  const stopping = new AbortController();
  const news = other.news(kinds, stopping.signal);
  if (!holds()) for await (const _ of news) if (holds()) break;
  stopping.abort();
}

const hasAddress = (other: Rtnetlink) => other.addresses().some(({ prefix }) => prefix === "192.0.2.7/24");
const hasRoute = (other: Rtnetlink) => other.routes().some(({ destination }) => destination === "10.0.0.0/8");
const isUp = (other: Rtnetlink) => other.link("br0")?.isUp === true;

test("an address, a route and a link that somebody takes again and again come back each time", () =>
  withMachine(async (other) => {
    for (let round = 0; round < rounds; round += 1) {
      await until(other, ["link", "address", "route"], () => isUp(other) && hasAddress(other) && hasRoute(other));
      // At once: perhaps before it was seen to be there.
      if (round % 4 === 0) other.removeAddress("br0", "192.0.2.7/24");
      if (round % 4 === 1) other.removeRoute({ destination: "10.0.0.0/8", gateway: "192.0.2.1", metric: 1_024 });
      if (round % 4 === 2) other.setLinkUp("br0", false);
      if (round % 4 === 3) other.deleteLink("br0");
    }
    await until(other, ["link", "address", "route"], () => isUp(other) && hasAddress(other) && hasRoute(other));
    expect(other.links().map(({ name }) => name)).toEqual(["lo", "br0"]);
  }));
