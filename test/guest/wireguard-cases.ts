import { expect, test } from "bun:test";
import { configure } from "../../src/controllers/testing.ts";
import { inNetworkNamespace } from "../../src/linux/testing/namespace.ts";
import { Rtnetlink } from "../../src/netlink/rtnetlink/rtnetlink.ts";
import { Wireguard } from "../../src/netlink/wireguard/wireguard.ts";
import { LinkSpec } from "../../src/resources/network/link-spec.ts";
import { LinkStatus } from "../../src/resources/network/link-status.ts";
import { eventually } from "../support/eventually.ts";
import { documents, linksWith, withCables } from "./network-with.ts";

// Key pairs as `wg genkey` and `wg pubkey` make them: the kernel says itself what is public of a private one.
const keyOf = (fill: number): string => new Uint8Array(32).fill(fill).toBase64();
const shared = keyOf(9);

const publicKeyOf = (privateKey: string): Promise<string> =>
  inNetworkNamespace(() => {
    using rtnetlink = new Rtnetlink();
    using wireguard = new Wireguard();
    rtnetlink.createLink({ name: "wg0", kind: "wireguard" });
    wireguard.configure("wg0", { privateKey });
    return wireguard.device("wg0")?.publicKey ?? "";
  });

test("what is written to a link is what it has, in any number", () =>
  inNetworkNamespace(() => {
    using rtnetlink = new Rtnetlink();
    using wireguard = new Wireguard();
    expect(wireguard.device("wg0")).toBeUndefined();
    expect(wireguard.device("lo")).toBeUndefined();
    rtnetlink.createLink({ name: "wg0", kind: "wireguard" });
    expect(wireguard.device("wg0")).toMatchObject({ privateKey: "", publicKey: "", peers: [] });
    const peers = Array.from({ length: 150 }, (_, number) => ({
      ...{ publicKey: keyOf(number + 1), presharedKey: number === 0 ? shared : "", keepaliveSeconds: number % 30 },
      endpoint: number % 2 === 0 ? `[2001:db8::${number + 1}]:51820` : `192.0.2.${number}:51820`,
      allowedPrefixes: Array.from({ length: number * 5 }, (_, at) => `10.${number}.${at >> 8}.${at & 255}/32`),
    }));
    wireguard.configure("wg0", { privateKey: keyOf(77), listenPort: 51_820, firewallMark: 32, peers });
    const device = wireguard.device("wg0");
    expect(device).toMatchObject({ listenPort: 51_820, firewallMark: 32 });
    const byKey = new Map(device?.peers.map((peer) => [peer.publicKey, peer]));
    expect(byKey.size).toBe(150);
    for (const { allowedPrefixes, ...peer } of peers) {
      expect(byKey.get(peer.publicKey)).toMatchObject(peer);
      expect(byKey.get(peer.publicKey)?.allowedPrefixes.toSorted()).toEqual(allowedPrefixes.toSorted());
    }
    const removed = peers.slice(1).map(({ publicKey }) => publicKey);
    wireguard.configure("wg0", { removed });
    expect(wireguard.device("wg0")?.peers.map(({ publicKey }) => publicKey)).toEqual([keyOf(1)]);
    expect(() => wireguard.configure("gone", { listenPort: 1 })).toThrow('Cannot configure the WireGuard link "gone"');
  }));

const tunnel = (peerKey: string, more = "") => `kind: WireguardConfig
name: wg0
privateKey: ${keyOf(1)}
mtu: 1400
addresses: [{ address: 10.9.0.1/24 }]
peers:
  - publicKey: ${peerKey}
    presharedKey: ${shared}
    endpoint: 192.0.2.2:51820
    persistentKeepaliveInterval: 1s
    allowedIPs: [10.9.0.77/24]
${more}`;
const cable = "kind: LinkConfig\nname: near0\naddresses: [{ address: 192.0.2.1/24 }]";

test("a tunnel shakes hands with its peer, changes in place, and goes with its document", async () => {
  const ourKey = await publicKeyOf(keyOf(1));
  const peerKey = await publicKeyOf(keyOf(2));
  await withCables(1, async ({ near, far, atFar }) => {
    far.addAddress("far0", "192.0.2.2/24");
    using farWireguard = atFar(() => new Wireguard());
    makePeer(far, farWireguard, ourKey);
    await using machine = await linksWith(near);
    await configure(machine, documents(cable, tunnel(peerKey)));
    await machine.eventually(
      LinkStatus,
      "wg0",
      ({ spec }) => spec.mtu === 1_400 && spec.operationalState === "unknown",
    );
    using wireguard = new Wireguard();
    await eventually(
      async () => wireguard.device("wg0")?.peers[0],
      (peer) => (peer?.lastHandshakeSeconds ?? 0) > 0 && (peer?.sentBytes ?? 0) > 0,
      { timeoutMs: 120_000 },
    );

    const { spec } = await machine.eventually(LinkStatus, "wg0", (link) => link.spec.wireguard !== undefined);
    expect(spec).toMatchObject({ kind: "wireguard", type: "nohdr" });
    expect(spec.wireguard).toMatchObject({
      publicKey: ourKey,
      peers: [
        {
          ...{ publicKey: peerKey, presharedKey: "", endpoint: "192.0.2.2:51820" },
          ...{ persistentKeepaliveInterval: 1_000, allowedIPs: ["10.9.0.0/24"] },
        },
      ],
    });
    expect(JSON.stringify(spec)).not.toContain(shared);
    expect(JSON.stringify(machine.logged)).not.toContain(keyOf(1));
    expect(LinkSpec.sensitive).toBe(true);

    // Another port and another peer: the link is the same one, and nobody has to shake hands again.
    const before = near.link("wg0")?.index;
    const handshake = wireguard.device("wg0")?.peers[0]?.lastHandshakeSeconds;
    const second = `  - publicKey: ${keyOf(5)}\n    allowedIPs: [10.8.0.0/16]\nlistenPort: 4500`;
    await configure(machine, documents(cable, tunnel(peerKey, second)));
    await machine.eventually(LinkStatus, "wg0", (link) => link.spec.wireguard?.listenPort === 4_500);
    await machine.eventually(LinkStatus, "wg0", (link) => link.spec.wireguard?.peers.length === 2);
    expect(near.link("wg0")?.index).toBe(before ?? 0);
    const kept = wireguard.device("wg0")?.peers.find(({ publicKey }) => publicKey === peerKey);
    expect(kept?.lastHandshakeSeconds).toBeGreaterThanOrEqual(handshake ?? 1);

    await configure(machine, documents(cable));
    await machine.eventuallyGone(LinkStatus, "wg0");
    expect(machine.logged.filter((line) => line.includes("Cannot"))).toEqual([]);
  });
});

/** The peer, in the network of the cables' far ends. */
function makePeer(far: Rtnetlink, wireguard: Wireguard, peerKey: string): void {
  far.createLink({ name: "wg1", kind: "wireguard" });
  far.addAddress("wg1", "10.9.0.77/24");
  wireguard.configure("wg1", {
    ...{ privateKey: keyOf(2), listenPort: 51_820 },
    peers: [
      {
        ...{ publicKey: peerKey, presharedKey: shared, endpoint: undefined, keepaliveSeconds: 0 },
        allowedPrefixes: ["10.9.0.1/32"],
      },
    ],
  });
  far.setLinkUp("wg1");
}
