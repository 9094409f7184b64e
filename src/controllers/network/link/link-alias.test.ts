import { expect, test } from "bun:test";
import { testConfig } from "../../../config/testing.ts";
import { runtimeWith, type TestRuntime } from "../../../cosi/testing.ts";
import { inNetworkNamespace } from "../../../linux/testing/namespace.ts";
import type { Link } from "../../../netlink/rtnetlink/link.ts";
import { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import { LinkAliasSpec } from "../../../resources/network/link-alias-spec.ts";
import { LinkStatus } from "../../../resources/network/link-status.ts";
import { configure } from "../../testing.ts";
import { linkAliasConfigController } from "./link-alias-config.ts";
import { linkAliasSpecController } from "./link-alias-spec.ts";
import { linkStatusController } from "./link-status.ts";

/** A namespace has no hardware: ends of cables stand for it. */
class CablesAsHardware extends Rtnetlink {
  override links(): Link[] {
    return super.links().map((link) => (link.kind === "veth" ? { ...link, kind: undefined } : link));
  }
}

const inNetwork = (body: (machine: TestRuntime, rtnetlink: Rtnetlink) => Promise<void>) =>
  inNetworkNamespace(async () => {
    using rtnetlink = new CablesAsHardware();
    rtnetlink.createLink({ name: "near", kind: "veth", peerName: "far", hardwareAddress: "52:54:00:12:34:56" });
    await using machine = await runtimeWith(
      ...[linkAliasConfigController(), linkAliasSpecController(rtnetlink), linkStatusController(rtnetlink)],
    );
    await body(machine, rtnetlink);
  });

const aliasOf = (name: string, match: string) =>
  `---\napiVersion: v1alpha1\nkind: LinkAliasConfig\nname: ${name}\nselector:\n  match: ${match}\n`;

test("a link gets the name that picks it, and loses it with the document", () =>
  inNetwork(async (machine, rtnetlink) => {
    const match = 'glob("52:54:*", mac(link.hardware_addr)) && link.mtu == 1500u && link.type == 1';
    await configure(machine, testConfig() + aliasOf("uplink", match));
    expect((await machine.eventually(LinkAliasSpec, "near")).spec).toEqual({ alias: "uplink" });
    await machine.eventually(LinkStatus, "near", ({ spec }) => spec.alias === "uplink");
    expect(rtnetlink.link("near")?.alias).toBe("uplink");
    await configure(machine, testConfig());
    await machine.eventually(LinkStatus, "near", ({ spec }) => spec.alias === undefined);
    await machine.eventuallyGone(LinkAliasSpec, "near");
  }));

test("a link that comes later gets its name, and one taken away comes back", () =>
  inNetwork(async (machine, rtnetlink) => {
    await configure(machine, testConfig() + aliasOf("uplink", 'mac(link.hardware_addr) == "52:54:00:aa:bb:cc"'));
    rtnetlink.createLink({ name: "late", kind: "veth", peerName: "other", hardwareAddress: "52:54:00:aa:bb:cc" });
    await machine.eventually(LinkStatus, "late", ({ spec }) => spec.alias === "uplink");
    rtnetlink.setLinkUp("late");
    rtnetlink.setLink("late", { alias: "stolen" });
    await machine.eventually(LinkStatus, "late", ({ spec }) => spec.alias === "uplink" && spec.flags % 2 === 1);
  }));

test("documents that pick several links, or one another has, are told of with both", () =>
  inNetwork(async (machine) => {
    const near = 'mac(link.hardware_addr) == "52:54:00:12:34:56"';
    const documents = [aliasOf("any", "link.mtu > 0u"), aliasOf("first", near), aliasOf("second", `${near} && true`)];
    await configure(machine, testConfig() + documents.join(""));
    await machine.eventually(LinkStatus, "near", ({ spec }) => spec.alias === "first");
    expect(machine.logged.filter((line) => line.includes("Cannot"))).toEqual([
      'network.LinkAliasConfigController: Cannot find the link "any": far, near all match',
      'network.LinkAliasConfigController: Cannot call the link near "second": it is called "first" already',
    ]);
  }));
