import { expect, test } from "bun:test";
import fc from "fast-check";
import { fuzzCases } from "../../../test/support/fuzz.ts";
import { cConstants, cLayout, layoutOf } from "../../linux/testing/c-headers.ts";
import { Attributes, encodeAttributes } from "../attribute.ts";
import {
  AllowedAttribute,
  DeviceAttribute,
  keyLength,
  PeerAttribute,
  PeerFlag,
  WireguardCommand,
  wireguardVersion,
} from "./constants.ts";
import { decodeDevice } from "./device.ts";
import { encodeChange, type WireguardPeerChange } from "./device-change.ts";
import { decodeEndpoint, encodeEndpoint, socketAddress4 } from "./endpoint.ts";

test("constants are the kernel's", () => {
  const ours = {
    WG_CMD_GET_DEVICE: WireguardCommand.get,
    WG_CMD_SET_DEVICE: WireguardCommand.set,
    WG_GENL_VERSION: wireguardVersion,
    WG_KEY_LEN: keyLength,
    WGDEVICE_A_IFNAME: DeviceAttribute.name,
    WGDEVICE_A_PRIVATE_KEY: DeviceAttribute.privateKey,
    WGDEVICE_A_PUBLIC_KEY: DeviceAttribute.publicKey,
    WGDEVICE_A_LISTEN_PORT: DeviceAttribute.listenPort,
    WGDEVICE_A_FWMARK: DeviceAttribute.firewallMark,
    WGDEVICE_A_PEERS: DeviceAttribute.peers,
    WGPEER_A_PUBLIC_KEY: PeerAttribute.publicKey,
    WGPEER_A_PRESHARED_KEY: PeerAttribute.presharedKey,
    WGPEER_A_FLAGS: PeerAttribute.flags,
    WGPEER_A_ENDPOINT: PeerAttribute.endpoint,
    WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL: PeerAttribute.keepalive,
    WGPEER_A_LAST_HANDSHAKE_TIME: PeerAttribute.lastHandshake,
    WGPEER_A_RX_BYTES: PeerAttribute.receivedBytes,
    WGPEER_A_TX_BYTES: PeerAttribute.sentBytes,
    WGPEER_A_ALLOWEDIPS: PeerAttribute.allowedPrefixes,
    WGPEER_F_REMOVE_ME: PeerFlag.remove,
    WGPEER_F_REPLACE_ALLOWEDIPS: PeerFlag.replaceAllowed,
    WGPEER_F_UPDATE_ONLY: PeerFlag.updateOnly,
    WGALLOWEDIP_A_FAMILY: AllowedAttribute.family,
    WGALLOWEDIP_A_IPADDR: AllowedAttribute.address,
    WGALLOWEDIP_A_CIDR_MASK: AllowedAttribute.length,
  };
  expect(ours).toEqual(cConstants(["linux/wireguard.h"], Object.keys(ours)) as typeof ours);
});

test("a socket address has the layout of the C compiler", () => {
  const ours = layoutOf(socketAddress4, { family: "sin_family", port: "sin_port", address: "sin_addr" });
  expect(ours).toEqual(cLayout(["netinet/in.h"], "struct sockaddr_in", Object.keys(ours.offsets)));
});

test("endpoints of both families are read as they were written", () => {
  for (const endpoint of ["192.0.2.7:51820", "[2001:db8::7]:443"]) {
    expect(decodeEndpoint(encodeEndpoint(endpoint))).toBe(endpoint);
  }
  expect([...encodeEndpoint("192.0.2.7:258").slice(2, 8)]).toEqual([1, 2, 192, 0, 2, 7]);
  expect(decodeEndpoint(new Uint8Array(3))).toBeUndefined();
});

const keyOf = (number: number): string => {
  const key = new Uint8Array(keyLength);
  new DataView(key.buffer).setUint32(0, number + 1);
  return key.toBase64();
};

const peer = (number: number, more: Partial<WireguardPeerChange> = {}): WireguardPeerChange => ({
  ...{ publicKey: keyOf(number), presharedKey: "", endpoint: undefined, keepaliveSeconds: 0, allowedPrefixes: [] },
  ...more,
});

/** What the kernel would say of a link that was told this: its own attributes have the same numbers. */
const toldOf = (requests: ReturnType<typeof encodeChange>) =>
  decodeDevice(requests.map((attributes) => new Attributes(encodeAttributes(attributes))));

test("a link's keys, port, mark and peers are read as they were written", () => {
  const peers = [
    peer(1, {
      ...{ presharedKey: keyOf(9), endpoint: "[2001:db8::1]:51820", keepaliveSeconds: 25 },
      allowedPrefixes: ["10.0.0.0/8", "fd00::/64", "0.0.0.0/0"],
    }),
    peer(2),
  ];
  const requests = encodeChange("wg0", { privateKey: keyOf(7), listenPort: 51_820, firewallMark: 0x20, peers });
  expect(requests.length).toBe(1);
  expect(toldOf(requests)).toMatchObject({
    ...{ privateKey: keyOf(7), publicKey: "", listenPort: 51_820, firewallMark: 32 },
    peers: peers.map(({ endpoint = "", ...rest }) => ({ ...rest, endpoint })),
  });
});

test("however many peers and prefixes there are, no request is too long, and none is lost", () => {
  const prefixes = (count: number) => Array.from({ length: count }, (_, at) => `10.${at >> 8}.${at & 255}.0/24`);
  fc.assert(
    fc.property(fc.array(fc.nat(900), { maxLength: 150 }), (counts) => {
      const peers = counts.map((count, number) => peer(number, { allowedPrefixes: prefixes(count) }));
      const requests = encodeChange("wg0", { listenPort: 1, peers });
      for (const attributes of requests) expect(encodeAttributes(attributes).length).toBeLessThan(32_768);
      const told = toldOf(requests);
      expect(told?.listenPort).toBe(1);
      expect(told?.peers.map(({ publicKey, allowedPrefixes }) => [publicKey, allowedPrefixes])).toEqual(
        peers.map(({ publicKey, allowedPrefixes }) => [publicKey, [...allowedPrefixes]]),
      );
    }),
    { numRuns: 20 },
  );
});

test("no bytes make the decoder fail", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 1, maxLength: 3 }), (messages) => {
      const device = decodeDevice(messages.map((bytes) => new Attributes(bytes)));
      expect(device?.peers.every(({ publicKey }) => publicKey.length === 44)).toBe(true);
    }),
    { numRuns: fuzzCases(500) },
  );
  expect(decodeDevice([])).toBeUndefined();
});
