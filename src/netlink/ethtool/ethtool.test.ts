import { expect, test } from "bun:test";
import fc from "fast-check";
import { fuzzCases } from "../../../test/support/fuzz.ts";
import { cConstants } from "../../linux/testing/c-headers.ts";
import { inNetworkNamespace } from "../../linux/testing/namespace.ts";
import { Attributes, encodeAttributes } from "../attribute.ts";
import { Rtnetlink } from "../rtnetlink/rtnetlink.ts";
import { decodeBitset, wholeBitset } from "./bitset.ts";
import * as constants from "./constants.ts";
import { Ethtool } from "./ethtool.ts";
import { type Feature, featureState } from "./feature.ts";
import { linkModeName } from "./link-mode-name.ts";
import { channelSettings, decodeEthernetSettings, encodeEthernetSettings, ringSettings } from "./settings.ts";

const { BitsetAttribute, BitsetBit, EthtoolFlag, EthtoolHeader, EthtoolMessage, StringSet } = constants;
const headers = ["linux/ethtool.h", "linux/ethtool_netlink.h"];

test("constants are the kernel's", () => {
  const ours: Readonly<Record<string, number>> = {
    ETHTOOL_GENL_VERSION: constants.ethtoolFamily.version,
    ETHTOOL_MSG_STRSET_GET: EthtoolMessage.getStrings,
    ETHTOOL_MSG_LINKINFO_GET: EthtoolMessage.getLinkInfo,
    ETHTOOL_MSG_LINKMODES_GET: EthtoolMessage.getLinkModes,
    ETHTOOL_MSG_LINKSTATE_GET: EthtoolMessage.getLinkState,
    ETHTOOL_MSG_WOL_GET: EthtoolMessage.getWakeOnLan,
    ETHTOOL_MSG_WOL_SET: EthtoolMessage.setWakeOnLan,
    ETHTOOL_MSG_FEATURES_GET: EthtoolMessage.getFeatures,
    ETHTOOL_MSG_FEATURES_SET: EthtoolMessage.setFeatures,
    ETHTOOL_MSG_RINGS_GET: EthtoolMessage.getRings,
    ETHTOOL_MSG_RINGS_SET: EthtoolMessage.setRings,
    ETHTOOL_MSG_CHANNELS_GET: EthtoolMessage.getChannels,
    ETHTOOL_MSG_CHANNELS_SET: EthtoolMessage.setChannels,
    ETHTOOL_A_LINKSTATE_HEADER: EthtoolHeader.attribute,
    ETHTOOL_A_HEADER_DEV_INDEX: EthtoolHeader.index,
    ETHTOOL_A_HEADER_FLAGS: EthtoolHeader.flags,
    ETHTOOL_FLAG_COMPACT_BITSETS: EthtoolFlag.compactBitsets,
    ETHTOOL_FLAG_OMIT_REPLY: EthtoolFlag.omitReply,
    ETHTOOL_A_BITSET_NOMASK: BitsetAttribute.noMask,
    ETHTOOL_A_BITSET_SIZE: BitsetAttribute.size,
    ETHTOOL_A_BITSET_BITS: BitsetAttribute.bits,
    ETHTOOL_A_BITSET_VALUE: BitsetAttribute.value,
    ETHTOOL_A_BITSET_MASK: BitsetAttribute.mask,
    ETHTOOL_A_BITSET_BITS_BIT: BitsetBit.bit,
    ETHTOOL_A_BITSET_BIT_NAME: BitsetBit.name,
    ETHTOOL_A_BITSET_BIT_VALUE: BitsetBit.value,
    ETH_SS_FEATURES: StringSet.features,
    ETH_SS_LINK_MODES: StringSet.linkModes,
    ETHTOOL_A_STRSET_STRINGSETS: constants.StringAttribute.sets,
    ETHTOOL_A_STRINGSETS_STRINGSET: constants.StringAttribute.set,
    ETHTOOL_A_STRINGSET_ID: constants.StringAttribute.id,
    ETHTOOL_A_STRINGSET_STRINGS: constants.StringAttribute.strings,
    ETHTOOL_A_STRINGS_STRING: constants.StringAttribute.string,
    ETHTOOL_A_STRING_INDEX: constants.StringAttribute.index,
    ETHTOOL_A_STRING_VALUE: constants.StringAttribute.value,
    ETHTOOL_A_LINKINFO_PORT: constants.LinkInfoAttribute.port,
    ETHTOOL_A_LINKMODES_OURS: constants.LinkModesAttribute.ours,
    ETHTOOL_A_LINKMODES_PEER: constants.LinkModesAttribute.peer,
    ETHTOOL_A_LINKMODES_SPEED: constants.LinkModesAttribute.speed,
    ETHTOOL_A_LINKMODES_DUPLEX: constants.LinkModesAttribute.duplex,
    ETHTOOL_A_LINKSTATE_LINK: constants.LinkStateAttribute.link,
    ETHTOOL_A_WOL_MODES: constants.WakeOnLanAttribute.modes,
    ETHTOOL_A_FEATURES_HW: constants.FeaturesAttribute.hardware,
    ETHTOOL_A_FEATURES_WANTED: constants.FeaturesAttribute.wanted,
    ETHTOOL_A_FEATURES_ACTIVE: constants.FeaturesAttribute.active,
    ETHTOOL_A_FEATURES_NOCHANGE: constants.FeaturesAttribute.unchangeable,
    WAKE_FILTER: 1 << (constants.wakeOnLanBits - 1),
    ...settingNames,
  };
  expect(ours).toEqual(cConstants(headers, Object.keys(ours)));
});

/** Headers of Debian 12 end before the last three settings of rings: they follow the last one. */
const settingNames: Readonly<Record<string, number>> = Object.fromEntries([
  ...Object.entries(ringSettings).map(([name, [type]]) => {
    const known = type <= ringSettings["tx-push"][0];
    return [known ? `ETHTOOL_A_RINGS_${cName(name)}` : `ETHTOOL_A_RINGS_TX_PUSH + ${type - 13}`, type];
  }),
  ...Object.entries(channelSettings).map(([name, [type]]) => [
    `ETHTOOL_A_CHANNELS_${cName(name)}${name.endsWith("-max") ? "" : "_COUNT"}`,
    type,
  ]),
]);

function cName(name: string): string {
  return name.toUpperCase().replaceAll("-", "_");
}

const inNetwork = (body: (ethtool: Ethtool, rtnetlink: Rtnetlink, near: number) => void | Promise<void>) =>
  inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    rtnetlink.createLink({ name: "near", kind: "veth", peerName: "far" });
    using ethtool = Ethtool.open();
    await body(ethtool, rtnetlink, rtnetlink.link("near")?.index ?? 0);
  });

test("a cable tells its carrier, its speed and its port", () =>
  inNetwork((ethtool, rtnetlink, near) => {
    expect(ethtool.linkStates().get(near)).toBe(false);
    rtnetlink.setLinkUp("near");
    rtnetlink.setLinkUp("far");
    expect(ethtool.linkStates().get(near)).toBe(true);
    expect(ethtool.linkModes().get(near)).toEqual({ speedMbit: 10_000, duplex: 1, ours: [], peer: [] });
    expect(ethtool.ports().get(near)).toBe(0);
    expect(ethtool.linkModes().has(1)).toBe(false);
    expect(ethtool.wakeOnLan().size).toBe(0);
  }));

test("features are shown by their names, and changed", () =>
  inNetwork((ethtool, _, near) => {
    const named = (name: string): Feature | undefined =>
      ethtool
        .features()
        .get(near)
        ?.find((feature) => feature.name === name);
    expect(named("tx-tcp-segmentation")).toMatchObject({ isActive: true, isWanted: true, isFixed: false });
    ethtool.setFeatures({ index: near, name: "near" }, { "tx-tcp-segmentation": false, "rx-gro": false });
    expect([named("tx-tcp-segmentation"), named("rx-gro")].map((it) => it && featureState(it))).toEqual(["off", "off"]);
    expect(() => ethtool.setFeatures({ index: near, name: "near" }, { "no-such": true })).toThrow(
      "Cannot set the features of near: bit name not found",
    );
  }));

test("a change is heard of; what a link cannot do, it says", () =>
  inNetwork(async (ethtool, rtnetlink) => {
    rtnetlink.createLink({ name: "queues", kind: "bridge" });
    const controller = new AbortController();
    const changes = ethtool.changes(controller.signal);
    const bridge = rtnetlink.link("queues")?.index ?? 0;
    ethtool.setFeatures({ index: bridge, name: "queues" }, { "tx-scatter-gather": false });
    for await (const _ of changes) controller.abort();
    const feature = ethtool
      .features()
      .get(bridge)
      ?.find(({ name }) => name === "tx-scatter-gather");
    expect(feature?.isActive).toBe(false);
    expect(() => ethtool.setRings({ index: bridge, name: "queues" }, { rx: 64 })).toThrow(
      "operation not supported (EOPNOTSUPP)",
    );
    expect(() => ethtool.setWakeOnLan({ index: bridge, name: "queues" }, 32)).toThrow(
      "Cannot set the wake-on-LAN modes of queues",
    );
  }));

test("queues of a cable are as many as there are said to be", () =>
  inNetwork((ethtool, _, near) => {
    const channels = ethtool.channels().get(near);
    expect(channels).toMatchObject({ rx: expect.any(Number), tx: expect.any(Number) });
    ethtool.setChannels({ index: near, name: "near" }, { rx: 1, tx: 1 });
    expect(ethtool.channels().get(near)).toEqual({ ...channels, rx: 1, tx: 1 });
    expect(() => ethtool.setChannels({ index: near, name: "near" }, { rx: 100_000 })).toThrow(
      "Cannot set the channels of near",
    );
  }));

test("settings are read as they were written", () => {
  const rings = { rx: 512, "tx-push": true, "tcp-data-split": false, "cqe-size": 128 };
  const encoded = new Attributes(encodeAttributes(encodeEthernetSettings(ringSettings, rings)));
  expect(decodeEthernetSettings(ringSettings, encoded)).toEqual(rings);
  expect(decodeEthernetSettings(ringSettings, new Attributes(encodeAttributes([[11, Uint8Array.of(0)]])))).toEqual({});
});

test("a bitset holds the bits that were set, whatever the bytes", () => {
  fc.assert(
    fc.property(fc.nat(255), (value) => {
      const places = decodeBitset(new Attributes(encodeAttributes(wholeBitset(8, value))));
      expect([...places].reduce((sum, place) => sum + 2 ** place, 0)).toBe(value);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const attributes = new Attributes(bytes);
      expect(decodeBitset(attributes).size).toBeLessThanOrEqual(bytes.length * 8);
      decodeEthernetSettings(ringSettings, attributes);
      expect(attributes.elements(3).length).toBeLessThanOrEqual(bytes.length / 4);
    }),
    { numRuns: fuzzCases(300) },
  );
  const huge = new Attributes(encodeAttributes([[BitsetAttribute.size, 0xffffffff]]));
  expect(decodeBitset(huge).size).toBe(0);
});

test("names of modes are those people read", () => {
  expect(["1000baseT/Full", "Asym_Pause", "BASER", "None", ""].flatMap(linkModeName)).toEqual([
    ...["1000baseT/Full", "Asym/Pause", "FEC/BASER", "FEC/NONE"],
  ]);
});

test("a feature says what it does, and what was asked of it", () => {
  const feature = { name: "x", isActive: false, isWanted: true, isFixed: false };
  expect([feature, { ...feature, isFixed: true }, { ...feature, isActive: true }].map(featureState)).toEqual([
    ...["off [requested on]", "off [fixed]", "on"],
  ]);
  expect(featureState({ ...feature, isActive: true, isWanted: false })).toBe("on [requested off]");
});
