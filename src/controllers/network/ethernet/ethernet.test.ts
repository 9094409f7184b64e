import { expect, test } from "bun:test";
import { testConfig } from "../../../config/testing.ts";
import { runtimeWith } from "../../../cosi/testing.ts";
import { eventually } from "../../../grpc/testing/eventually.ts";
import { inNetworkNamespace } from "../../../linux/testing/namespace.ts";
import { Ethtool } from "../../../netlink/ethtool/ethtool.ts";
import { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import { EthernetSpec } from "../../../resources/network/ethernet-spec.ts";
import { EthernetStatus } from "../../../resources/network/ethernet-status.ts";
import { configure } from "../../testing.ts";
import { linkStatusController } from "../link/link-status.ts";
import { ethernetConfigController } from "./config.ts";
import { ethernetSpecController } from "./spec.ts";
import { ethernetStatusController } from "./status.ts";

const withDocuments = (...documents: readonly string[]) =>
  [testConfig(), ...documents.map((body) => `apiVersion: v1alpha1\n${body}`)].join("\n---\n");

/** Two ends of a cable, and all that has to do with their hardware. */
const inNetwork = (
  body: (machine: Awaited<ReturnType<typeof runtimeWith>>, ethtool: Ethtool, rtnetlink: Rtnetlink) => Promise<void>,
) =>
  inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    rtnetlink.createLink({ name: "near", kind: "veth", peerName: "far" });
    rtnetlink.setLinkUp("near");
    using ethtool = Ethtool.open();
    await using machine = await runtimeWith(
      ...[ethernetConfigController(), ethernetSpecController(rtnetlink, ethtool)],
      ...[linkStatusController(rtnetlink), ethernetStatusController(ethtool)],
    );
    await body(machine, ethtool, rtnetlink);
  });

const statusOf = (status: EthernetStatus, feature: string) =>
  status.features?.find(({ name }) => name === feature)?.status;

test("a document sets up features and queues, and the status shows them", () =>
  inNetwork(async (machine, ethtool, rtnetlink) => {
    const { spec: before } = await machine.eventually(EthernetStatus, "near");
    expect(before).toMatchObject({ linkState: false, port: "TwistedPair", duplex: "Full", speedMbit: 10_000 });
    expect(before.channels).toMatchObject({ "rx-max": expect.any(Number), tx: expect.any(Number) });
    expect(statusOf(before, "tx-tcp-segmentation")).toBe("on");

    await configure(
      machine,
      withDocuments(
        "kind: EthernetConfig\nname: near\nfeatures: { tx-tcp-segmentation: false }\nchannels: { rx: 1, tx: 1 }",
      ),
    );
    const { spec } = await machine.eventually(EthernetSpec, "near");
    expect(spec).toEqual({ features: { "tx-tcp-segmentation": false }, channels: { rx: 1, tx: 1 } });
    const { spec: after } = await machine.eventually(
      EthernetStatus,
      "near",
      (status) => statusOf(status.spec, "tx-tcp-segmentation") === "off" && status.spec.channels?.rx === 1,
    );
    expect(after.channels?.tx).toBe(1);

    // What somebody else changes comes back.
    const index = rtnetlink.link("near")?.index ?? 0;
    ethtool.setFeatures({ index, name: "near" }, { "tx-tcp-segmentation": true });
    const turns = () => machine.logged.filter((line) => line.includes("set features of near"));
    await eventually(() => turns().length > 1);
    await machine.eventually(EthernetStatus, "near", ({ spec }) => statusOf(spec, "tx-tcp-segmentation") === "off");
    const feature = ethtool
      .features()
      .get(index)
      ?.find(({ name }) => name === "tx-tcp-segmentation");
    expect(feature?.isActive).toBe(false);
  }));

test("a link is known by its alias too, and waits until it is there", () =>
  inNetwork(async (machine, _, rtnetlink) => {
    await configure(machine, withDocuments("kind: EthernetConfig\nname: uplink\nfeatures: { rx-gro: false }"));
    await machine.eventually(EthernetSpec, "uplink");
    rtnetlink.setLink("near", { alias: "uplink" });
    await machine.eventually(EthernetStatus, "near", ({ spec }) => statusOf(spec, "rx-gro") === "off");
  }));

test("what a device cannot do is told once, and holds up nothing else", () =>
  inNetwork(async (machine, _, rtnetlink) => {
    await configure(
      machine,
      withDocuments(
        "kind: EthernetConfig\nname: near\nfeatures: { no-such: true, rx-gro: false }\nwakeOnLan: [magic]\nchannels: { rx: 1 }",
      ),
    );
    await machine.eventually(EthernetStatus, "near", ({ spec }) => spec.channels?.rx === 1);
    await machine.eventually(EthernetStatus, "near", ({ spec }) => statusOf(spec, "rx-gro") === "off");
    rtnetlink.setLinkUp("far");
    await machine.eventually(EthernetStatus, "near", ({ spec }) => spec.linkState === true);
    const problems = () => machine.logged.filter((line) => line.includes("Cannot")).toSorted();
    await eventually(() => problems().length > 1);
    expect(problems()).toEqual([
      'network.EthernetSpecController: Cannot set the feature "no-such" of near: there is none of this name',
      expect.stringContaining("Cannot set the wake-on-LAN modes of near: "),
    ]);
  }));
