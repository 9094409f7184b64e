import { encodeAddress, familyOf, splitPrefix } from "../../linux/internet-address.ts";
import { AddressFamily } from "../../linux/socket.ts";
import type { Attribute } from "../attribute.ts";
import { AllowedAttribute, DeviceAttribute, keyLength, PeerAttribute, PeerFlag } from "./constants.ts";
import { encodeEndpoint } from "./endpoint.ts";

/** What is to change of a WireGuard link; what is left out stays. Keys are base64. */
export interface WireguardChange {
  readonly privateKey?: string;
  /** 0 lets the kernel choose. */
  readonly listenPort?: number;
  readonly firewallMark?: number;
  /** Public keys of peers that go. */
  readonly removed?: readonly string[];
  /** Peers that come, or change. */
  readonly peers?: readonly WireguardPeerChange[];
}

export interface WireguardPeerChange {
  readonly publicKey: string;
  /** Empty takes it away. */
  readonly presharedKey: string;
  /** An address with a port; undefined leaves what the kernel knows. */
  readonly endpoint: string | undefined;
  /** 0 sends none. */
  readonly keepaliveSeconds: number;
  /** All of them: others go. */
  readonly allowedPrefixes: readonly string[];
}

/** A list is a nest, whose length has 16 bits: what does not fit is said in further requests. */
const prefixesAtOnce = 256;
const peersAtOnce = 64;

/** The requests that make the change, each the attributes of a WG_CMD_SET_DEVICE; at least one. */
export function encodeChange(name: string, change: WireguardChange): readonly (readonly Attribute[])[] {
  const { privateKey, listenPort, firewallMark, removed = [], peers = [] } = change;
  const parts = [...removed.map(removal), ...peers.flatMap(peerParts)];
  const own: readonly Attribute[] = [
    [DeviceAttribute.privateKey, privateKey === undefined ? undefined : keyBytes(privateKey)],
    [DeviceAttribute.listenPort, listenPort === undefined ? undefined : short(listenPort)],
    [DeviceAttribute.firewallMark, firewallMark],
  ];
  return batches(parts).map((batch, index) => [
    [DeviceAttribute.name, name],
    ...(index === 0 ? own : []),
    ...(batch.length === 0 ? [] : [[DeviceAttribute.peers, batch] as const]),
  ]);
}

/** An element of the list of peers, and how many prefixes are in it. */
interface Part {
  readonly element: Attribute;
  readonly prefixes: number;
}

const part = (prefixes: readonly string[], fields: readonly Attribute[]): Part => ({
  element: [0, prefixes.length === 0 ? fields : [...fields, allowed(prefixes)]],
  prefixes: prefixes.length,
});

const removal = (publicKey: string): Part =>
  part(
    [],
    [
      [PeerAttribute.publicKey, keyBytes(publicKey)],
      [PeerAttribute.flags, PeerFlag.remove],
    ],
  );

/** A peer, and as many additions to it as its prefixes need. */
function peerParts(peer: WireguardPeerChange): Part[] {
  const { publicKey, presharedKey, endpoint, keepaliveSeconds, allowedPrefixes } = peer;
  const key: Attribute = [PeerAttribute.publicKey, keyBytes(publicKey)];
  const whole = part(allowedPrefixes.slice(0, prefixesAtOnce), [
    key,
    [PeerAttribute.flags, PeerFlag.replaceAllowed],
    [PeerAttribute.presharedKey, keyBytes(presharedKey)],
    [PeerAttribute.endpoint, endpoint === undefined ? undefined : encodeEndpoint(endpoint)],
    [PeerAttribute.keepalive, short(keepaliveSeconds)],
  ]);
  const further: Part[] = [];
  for (let at = prefixesAtOnce; at < allowedPrefixes.length; at += prefixesAtOnce) {
    const more = allowedPrefixes.slice(at, at + prefixesAtOnce);
    further.push(part(more, [key, [PeerAttribute.flags, PeerFlag.updateOnly]]));
  }
  return [whole, ...further];
}

const allowed = (prefixes: readonly string[]): Attribute => [
  PeerAttribute.allowedPrefixes,
  prefixes.map((prefix): Attribute => {
    const { address, length } = splitPrefix(prefix);
    return [
      0,
      [
        [AllowedAttribute.family, short(AddressFamily[familyOf(address)])],
        [AllowedAttribute.address, encodeAddress(address)],
        [AllowedAttribute.length, Uint8Array.of(length)],
      ],
    ];
  }),
];

/** The elements in order, so that no request is too long; at least one request. */
function batches(parts: readonly Part[]): readonly (readonly Attribute[])[] {
  const found: Attribute[][] = [];
  let last: Attribute[] = [];
  let room = prefixesAtOnce;
  for (const { element, prefixes } of parts) {
    if (last.length >= peersAtOnce || prefixes > room) {
      found.push(last);
      last = [];
      room = prefixesAtOnce;
    }
    last.push(element);
    room -= prefixes;
  }
  return [...found, last];
}

const keyBytes = (key: string): Uint8Array => (key === "" ? new Uint8Array(keyLength) : Uint8Array.fromBase64(key));

const short = (value: number): Uint8Array => new Uint8Array(new Uint16Array([value]).buffer);
