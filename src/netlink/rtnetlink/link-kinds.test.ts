import { expect, test } from "bun:test";
import fc from "fast-check";
import { cConstants } from "../../linux/testing/c-headers.ts";
import { inNetworkNamespace } from "../../linux/testing/namespace.ts";
import { encodeAttributes } from "../attribute.ts";
import { decodeSettings, encodeSettings, type KindSettings, kindSettings, missingSettings } from "./link-kinds.ts";
import { Rtnetlink } from "./rtnetlink.ts";

const data = <K extends keyof typeof kindSettings>(kind: K, settings: KindSettings<K>) =>
  encodeAttributes(encodeSettings(kind, settings));

/** `IFLA_BOND_AD_LACP_RATE` for a bond's `lacpRate`: most names only differ by their form. */
const kernelNames: Readonly<Record<string, string>> = {
  ...{ "bridge.stp": "IFLA_BR_STP_STATE", "bond.primaryReselect": "IFLA_BOND_PRIMARY_RESELECT" },
  ...{ "bond.arpIpTargets": "IFLA_BOND_ARP_IP_TARGET", "bond.nsIp6Targets": "IFLA_BOND_NS_IP6_TARGET" },
  ...{ "bond.lacpRate": "IFLA_BOND_AD_LACP_RATE", "bond.tlbLogicalLb": "IFLA_BOND_TLB_DYNAMIC_LB" },
  ...{ "bond.peerNotifyDelay": "IFLA_BOND_PEER_NOTIF_DELAY" },
};
const prefixes = { vlan: "IFLA_VLAN_", bridge: "IFLA_BR_", bond: "IFLA_BOND_" } as const;

test("settings have the kernel's numbers", () => {
  const ours = Object.entries(kindSettings).flatMap(([kind, layout]) =>
    Object.entries(layout).map(([name, [type]]): [string, number] => {
      const usual = `${prefixes[kind as keyof typeof prefixes]}${name.replace(/[A-Z]/g, "_$&").toUpperCase()}`;
      return [kernelNames[`${kind}.${name}`] ?? usual, type];
    }),
  );
  const names = ours.map(([name]) => name);
  expect(Object.fromEntries(ours)).toEqual(cConstants(["linux/if_link.h"], names));
  expect(ours.length).toBeGreaterThan(30);
});

test("settings are read back as they were written", () => {
  const vlan = { id: 4_094, protocol: 0x88a8 };
  expect(decodeSettings("vlan", data("vlan", vlan))).toEqual(vlan);
  // The kernel takes the protocol in network order.
  expect([...data("vlan", { protocol: 0x8100 }).slice(4, 6)]).toEqual([0x81, 0x00]);
  const bond = { mode: 4, miimon: 100, adActorSysPrio: 65_535, arpIpTargets: ["192.0.2.1", "192.0.2.2"] };
  expect(decodeSettings("bond", data("bond", bond))).toEqual(bond);
});

test("only what differs is changed", () => {
  const current = data("bond", { mode: 1, miimon: 100, arpIpTargets: [] });
  expect(missingSettings("bond", { mode: 1, miimon: 200, arpIpTargets: [], minLinks: 1 }, current)).toEqual({
    miimon: 200,
    minLinks: 1,
  });
});

test("no bytes make the decoders throw", () => {
  fc.assert(
    fc.property(fc.constantFrom("vlan", "bridge", "bond"), fc.uint8Array({ maxLength: 200 }), (kind, bytes) => {
      expect(Object.keys(decodeSettings(kind, bytes)).every((name) => name in kindSettings[kind])).toBe(true);
    }),
  );
});

test("a bridge is made with its settings, and changed while it is there", () =>
  inNetworkNamespace(() => {
    using rtnetlink = new Rtnetlink();
    rtnetlink.createLink({ name: "br0", kind: "bridge", settings: encodeSettings("bridge", { stp: 1 }) });
    const settings = () => decodeSettings("bridge", rtnetlink.link("br0")?.data ?? new Uint8Array(0));
    expect(settings()).toMatchObject({ stp: 1 });
    rtnetlink.setLink("br0", { kind: "bridge", settings: encodeSettings("bridge", { stp: 0 }) });
    expect(settings()).toMatchObject({ stp: 0 });
    // Not every kernel filters by VLAN; one that does not has nothing to switch off.
    expect(missingSettings("bridge", { vlanFiltering: 0 }, rtnetlink.link("br0")?.data ?? new Uint8Array(0))).toEqual(
      {},
    );
  }));
