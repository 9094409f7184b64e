import { expect, test } from "bun:test";
import { testConfig } from "../../../config/testing.ts";
import { runtimeWith } from "../../../cosi/testing.ts";
import { eventually } from "../../../grpc/testing/eventually.ts";
import { inNetworkNamespace } from "../../../linux/testing/namespace.ts";
import { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import { parseKernelArguments } from "../../../platform/kernel-arguments.ts";
import { networkArguments } from "../../../platform/network-arguments.ts";
import { LinkSpec } from "../../../resources/network/link-spec.ts";
import { LinkStatus } from "../../../resources/network/link-status.ts";
import { configure } from "../../testing.ts";
import { linkConfigController } from "../configs.ts";
import { linkMergeController } from "../merges.ts";
import { linkSpecController } from "./link-spec.ts";
import { linkStatusController } from "./link-status.ts";

// With bridges and veths, which every kernel of ours has; test/guest has the other kinds.

const linksWith = (rtnetlink: Rtnetlink, commandLine = "") =>
  runtimeWith(
    linkConfigController(networkArguments(parseKernelArguments(commandLine))),
    ...[linkMergeController(), linkStatusController(rtnetlink)],
    linkSpecController({ rtnetlink, loadKind: async () => {} }),
  );

const documents = (...all: readonly string[]) =>
  [testConfig(), ...all.map((document) => `apiVersion: v1alpha1\n${document}\n`)].join("---\n");

const inNetwork = (body: (rtnetlink: Rtnetlink) => Promise<void>) =>
  inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    rtnetlink.createLink({ name: "near", kind: "veth", peerName: "far" });
    await body(rtnetlink);
  });

const bridge = (links: string) => `kind: BridgeConfig\nname: br9\nlinks: [${links}]`;

test("a port comes when it is there, and leaves when nobody wants it in the bridge any more", () =>
  inNetwork(async (rtnetlink) => {
    await using machine = await linksWith(rtnetlink);
    const ports = () => {
      const index = rtnetlink.link("br9")?.index ?? 0;
      return rtnetlink.links().flatMap(({ name, masterIndex }) => (masterIndex === index ? name : []));
    };
    await configure(machine, documents(bridge("near, far, later")));
    await eventually(() => Bun.deepEquals(ports().toSorted(), ["far", "near"]));
    rtnetlink.createLink({ name: "later", kind: "veth", peerName: "other" });
    await eventually(() => ports().length === 3);
    await configure(machine, documents(bridge("near")));
    await eventually(() => Bun.deepEquals(ports(), ["near"]));
    await machine.eventuallyGone(LinkSpec, "far");
    expect(rtnetlink.link("far")).toBeDefined();
    expect(machine.logged.filter((line) => line.includes("Cannot"))).toEqual([]);
  }));

test("a port may name its bridge itself", () =>
  inNetwork(async (rtnetlink) => {
    await using machine = await linksWith(rtnetlink);
    const interfaces = "[{ interface: br9, bridge: {} }, { interface: near, bridgePort: { master: br9 } }]";
    await configure(machine, testConfig().replace("    network: {}\n", `    network: { interfaces: ${interfaces} }\n`));
    await eventually(() => rtnetlink.link("near")?.masterIndex === (rtnetlink.link("br9")?.index ?? -1));
  }));

test("one link's trouble is told once, is no other's, and does not keep the rest of it from being done", () =>
  inNetwork(async (rtnetlink) => {
    await using machine = await linksWith(rtnetlink);
    const impossible = "kind: BridgeConfig\nname: lo\nlinks: []";
    const tooLarge = "kind: LinkConfig\nname: near\nmtu: 70000";
    await configure(machine, documents(impossible, tooLarge, bridge("far")));
    await machine.eventually(LinkStatus, "br9", ({ spec }) => spec.flags % 2 === 1);
    await eventually(() => rtnetlink.link("near")?.isUp === true);
    // Each of these wakes it again.
    for (const name of ["one", "two"]) rtnetlink.createLink({ name, kind: "bridge" });
    await machine.eventually(LinkStatus, "two");
    const told = machine.logged.filter((line) => line.includes("Cannot")).toSorted();
    expect(told).toEqual([
      expect.stringContaining("Cannot change the link"),
      "network.LinkSpecController: Cannot make the bridge lo: a device has this name",
    ]);
  }));

test("a link that its master will not have is offered now and then, not at every event", () =>
  inNetwork(async (rtnetlink) => {
    using other = new Rtnetlink();
    await using machine = await linksWith(rtnetlink);
    await configure(machine, documents(bridge("near, lo")));
    await eventually(() => machine.logged.some((line) => line.includes("Cannot change the link")));
    await eventually(() => rtnetlink.link("near")?.masterIndex === (rtnetlink.link("br9")?.index ?? -1));
    await machine.eventually(LinkStatus, "br9", ({ spec }) => spec.flags % 2 === 1);
    const before = rtnetlink.changesAsked;
    for (let round = 0; round < 30; round += 1) {
      other.createLink({ name: `other${round}`, kind: "bridge" });
      await machine.eventually(LinkStatus, `other${round}`);
    }
    // After 5, 15, 35 and 75 seconds on a host that takes that long; at every event it is a dozen on any.
    expect(rtnetlink.changesAsked - before).toBeLessThan(6);
    expect(machine.logged.filter((line) => line.includes("Cannot"))).toHaveLength(1);
    expect(rtnetlink.link("lo")?.isUp).toBe(true);
  }));

test("the command line makes a bridge, the configuration another of the same ports, and both are told", () =>
  inNetwork(async (rtnetlink) => {
    await using machine = await linksWith(rtnetlink, "bridge=br0:near");
    await machine.eventually(LinkStatus, "br0");
    await eventually(() => rtnetlink.link("near")?.masterIndex === (rtnetlink.link("br0")?.index ?? -1));
    await configure(machine, documents(bridge("near")));
    await eventually(() => rtnetlink.link("near")?.masterIndex === (rtnetlink.link("br9")?.index ?? -1));
    expect(machine.logged).toContain(
      "network.LinkMergeController: the link near is a member of br9 (configuration/near counts) and br0 (cmdline/near does not)",
    );
  }));
