import { networkText, parsePrefix } from "../../../net/prefix.ts";
import type { WireguardDevice, WireguardDevicePeer } from "../../../netlink/wireguard/device.ts";
import type { WireguardChange, WireguardPeerChange } from "../../../netlink/wireguard/device-change.ts";
import type { LinkSpec } from "../../../resources/network/link-spec.ts";

export type WireguardSpec = NonNullable<LinkSpec["wireguard"]>;
export type WireguardPeerSpec = WireguardSpec["peers"][number];

/**
 * What is to be done so that the link is as wanted; undefined when it is.
 * @param endpointOf the address that a peer is to be called at now; undefined leaves it where it was heard last
 */
export function linkChange(
  current: WireguardDevice,
  wanted: WireguardSpec,
  endpointOf: (peer: WireguardPeerSpec, known: WireguardDevicePeer | undefined) => string | undefined,
): WireguardChange | undefined {
  const { listenPort, firewallMark } = wanted;
  const privateKey = clamped(wanted.privateKey ?? "");
  const known = new Map(current.peers.map((peer) => [peer.publicKey, peer]));
  const named = new Set(wanted.peers.map(({ publicKey }) => publicKey));
  const peers = wanted.peers.flatMap((peer): WireguardPeerChange[] => {
    const before = known.get(peer.publicKey);
    const endpoint = endpointOf(peer, before);
    const change = { ...peerChange(peer), endpoint };
    return before !== undefined && endpoint === undefined && isSame(before, change) ? [] : [change];
  });
  const removed = current.peers.map(({ publicKey }) => publicKey).filter((key) => !named.has(key));
  const change: WireguardChange = {
    ...(privateKey === current.privateKey ? {} : { privateKey }),
    // Without a port in the configuration any will do: the one that the kernel chose stays.
    ...(listenPort === 0 || listenPort === current.listenPort ? {} : { listenPort }),
    ...(firewallMark === current.firewallMark ? {} : { firewallMark }),
    ...(removed.length === 0 ? {} : { removed }),
    ...(peers.length === 0 ? {} : { peers }),
  };
  return Object.keys(change).length === 0 ? undefined : change;
}

/** The key as Curve25519 uses it, and the kernel shows it: what nobody uses of 32 bytes is the same in all (RFC 7748 §5). */
function clamped(key: string): string {
  if (key === "") return "";
  const bytes = Uint8Array.fromBase64(key);
  bytes[0] = (bytes[0] ?? 0) & 0xf8;
  bytes[31] = ((bytes[31] ?? 0) & 0x7f) | 0x40;
  return bytes.toBase64();
}

const peerChange = (peer: WireguardPeerSpec): Omit<WireguardPeerChange, "endpoint"> => ({
  publicKey: peer.publicKey,
  presharedKey: peer.presharedKey,
  keepaliveSeconds: Math.ceil(peer.persistentKeepaliveInterval / 1_000),
  allowedPrefixes: networks(peer.allowedIPs),
});

/** In the one form that each has, each once. */
const networks = (prefixes: readonly string[]): string[] => [
  ...new Set(prefixes.map((text) => networkText(parsePrefix(text)))),
];

function isSame(before: WireguardDevicePeer, after: Omit<WireguardPeerChange, "endpoint">): boolean {
  return (
    before.presharedKey === after.presharedKey &&
    before.keepaliveSeconds === after.keepaliveSeconds &&
    Bun.deepEquals(networks(before.allowedPrefixes).toSorted(), after.allowedPrefixes.toSorted())
  );
}
