import { decodeAddress } from "../../linux/internet-address.ts";
import type { Attributes } from "../attribute.ts";
import { AllowedAttribute, DeviceAttribute, keyLength, PeerAttribute } from "./constants.ts";
import { decodeEndpoint } from "./endpoint.ts";

/** A WireGuard link as the kernel has it. Keys are base64, as wg(8) shows them. */
export interface WireguardDevice {
  /** A secret; empty when there is none yet. */
  readonly privateKey: string;
  /** What follows from the private key; empty without one. */
  readonly publicKey: string;
  readonly listenPort: number;
  /** Of the packets that carry the tunnel; 0 is none. */
  readonly firewallMark: number;
  readonly peers: readonly WireguardDevicePeer[];
}

export interface WireguardDevicePeer {
  readonly publicKey: string;
  /** A secret; empty when there is none. */
  readonly presharedKey: string;
  /** `192.0.2.7:51820`: where it was heard last, or is to be reached; empty when that is not known. */
  readonly endpoint: string;
  readonly keepaliveSeconds: number;
  readonly allowedPrefixes: readonly string[];
  /** Seconds since 1970; 0 when there was none. */
  readonly lastHandshakeSeconds: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/** Reads the messages of a dump: a long list of peers, and one of prefixes, goes on in the next message. */
export function decodeDevice(messages: readonly Attributes[]): WireguardDevice | undefined {
  const [first] = messages;
  if (first === undefined) return undefined;
  const peers = new Map<string, WireguardDevicePeer>();
  for (const message of messages) {
    for (const element of message.elements(DeviceAttribute.peers)) {
      const peer = decodePeer(element);
      if (peer === undefined) continue;
      const before = peers.get(peer.publicKey);
      const allowedPrefixes = [...(before?.allowedPrefixes ?? []), ...peer.allowedPrefixes];
      peers.set(peer.publicKey, { ...(before ?? peer), allowedPrefixes });
    }
  }
  return {
    privateKey: keyOf(first, DeviceAttribute.privateKey) ?? "",
    publicKey: keyOf(first, DeviceAttribute.publicKey) ?? "",
    listenPort: first.short(DeviceAttribute.listenPort) ?? 0,
    firewallMark: first.number(DeviceAttribute.firewallMark) ?? 0,
    peers: [...peers.values()],
  };
}

function decodePeer(peer: Attributes): WireguardDevicePeer | undefined {
  const publicKey = keyOf(peer, PeerAttribute.publicKey);
  if (publicKey === undefined) return undefined;
  return {
    publicKey,
    presharedKey: keyOf(peer, PeerAttribute.presharedKey) ?? "",
    endpoint: decodeEndpoint(peer.bytes(PeerAttribute.endpoint) ?? new Uint8Array(0)) ?? "",
    keepaliveSeconds: peer.short(PeerAttribute.keepalive) ?? 0,
    allowedPrefixes: peer.elements(PeerAttribute.allowedPrefixes).flatMap((allowed) => decodeAllowed(allowed) ?? []),
    lastHandshakeSeconds: count(peer, PeerAttribute.lastHandshake),
    receivedBytes: count(peer, PeerAttribute.receivedBytes),
    sentBytes: count(peer, PeerAttribute.sentBytes),
  };
}

function decodeAllowed(allowed: Attributes): string | undefined {
  const address = decodeAddress(allowed.bytes(AllowedAttribute.address) ?? new Uint8Array(0));
  return address === undefined ? undefined : `${address}/${allowed.byte(AllowedAttribute.length) ?? 0}`;
}

/** All zeros is how the kernel says that there is none. */
function keyOf(from: Attributes, type: number): string | undefined {
  const key = from.bytes(type);
  return key?.length === keyLength && key.some((byte) => byte !== 0) ? key.toBase64() : undefined;
}

/** 64 bits in host order; of struct __kernel_timespec the seconds. */
function count(from: Attributes, type: number): number {
  const value = from.bytes(type);
  if (value === undefined || value.length < 8) return 0;
  return Number(new DataView(value.buffer, value.byteOffset).getBigInt64(0, true));
}
