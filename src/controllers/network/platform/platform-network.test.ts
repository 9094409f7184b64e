import { expect, test } from "bun:test";
import { runtimeWith } from "../../../cosi/testing.ts";
import { inNetworkNamespace } from "../../../linux/testing/namespace.ts";
import { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import { AddressStatus } from "../../../resources/network/address-status.ts";
import { LinkStatus } from "../../../resources/network/link-status.ts";
import { RouteStatus } from "../../../resources/network/route-status.ts";
import { MetaKey } from "../../../resources/runtime/meta-key.ts";
import { metaTags } from "../../../resources/runtime/meta-tags.ts";
import { addressSpecController } from "../address/address-spec.ts";
import { addressStatusController } from "../address/address-status.ts";
import { linkConfigController } from "../configs.ts";
import { linkSpecController } from "../link/link-spec.ts";
import { linkStatusController } from "../link/link-status.ts";
import { addressMergeController, linkMergeController, routeMergeController } from "../merges.ts";
import { routeSpecController } from "../route/route-spec.ts";
import { routeStatusController } from "../route/route-status.ts";
import { nothingSaid, worldOf } from "../wanted/world.ts";
import { platformConfigController } from "./platform-config.ts";
import { platformConfigApplyController } from "./platform-config-apply.ts";

const network = `
links:
    - { name: near, up: true, mtu: 1400, bridgeSlave: { masterName: br7 } }
    - { name: br7, logical: true, up: true, kind: bridge, type: ether, bridgeMaster: { stp: { enabled: false } } }
addresses:
    - { address: 192.0.2.7/24, linkName: br7, family: inet4, flags: permanent }
routes:
    - { family: inet4, gateway: 192.0.2.1, outLinkName: br7, table: main, priority: 1024, type: unicast, protocol: static }
externalIPs: [203.0.113.7]
`;

test("META's network reaches the kernel, and goes with its word", () =>
  inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    rtnetlink.createLink({ name: "near", kind: "veth", peerName: "far" });
    rtnetlink.setLinkUp("far");
    await using machine = await runtimeWith(
      ...[platformConfigController({ platform: "metal", hostname: undefined }), platformConfigApplyController("metal")],
      ...[linkConfigController(nothingSaid), linkMergeController()],
      linkSpecController({ rtnetlink, loadKind: async () => {} }),
      ...[addressMergeController(), addressSpecController(rtnetlink)],
      ...[routeMergeController(), routeSpecController(rtnetlink)],
      ...[linkStatusController(rtnetlink), addressStatusController(rtnetlink), routeStatusController(rtnetlink)],
    );
    await machine.state.create(MetaKey, metaTags.network, { value: network });
    await machine.eventually(LinkStatus, "br7", ({ spec }) => spec.kind === "bridge");
    await machine.eventually(LinkStatus, "near", ({ spec }) => spec.mtu === 1_400);
    await machine.eventually(AddressStatus, "br7/192.0.2.7/24", ({ spec }) => spec.flags === 0x80);
    await machine.eventually(RouteStatus, "inet4/192.0.2.1//1024", ({ spec }) => spec.outLinkName === "br7");
    await machine.eventually(AddressStatus, "external/203.0.113.7/32");
    expect(rtnetlink.link("near")?.masterIndex).toBe(rtnetlink.link("br7")?.index);
    // What the platform added stays when the kernel's own addresses change.
    await machine.state.modify(MetaKey, metaTags.network, () => ({
      value: network.replace("192.0.2.7/24", "192.0.2.8/24"),
    }));
    await machine.eventuallyGone(AddressStatus, "br7/192.0.2.7/24");
    await machine.eventually(AddressStatus, "br7/192.0.2.8/24");
    await machine.eventually(AddressStatus, "external/203.0.113.7/32");
    await machine.state.destroy(MetaKey, metaTags.network);
    await machine.eventuallyGone(LinkStatus, "br7");
    await machine.eventuallyGone(AddressStatus, "external/203.0.113.7/32");
  }));

test("links that the platform names do not ask for addresses by themselves, the others do", () => {
  const card = { ...LinkStatus.decodeProto(new Uint8Array()), type: "ether" as const };
  const links = new Map([
    ["eth0", card],
    ["eth1", card],
  ]);
  expect(worldOf(undefined, nothingSaid, links, ["eth0"]).unmentioned).toEqual(["eth1"]);
  expect(worldOf(undefined, nothingSaid, links).unmentioned).toEqual(["eth0", "eth1"]);
});
