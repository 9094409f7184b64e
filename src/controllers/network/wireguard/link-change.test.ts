import { expect, test } from "bun:test";
import type { WireguardDevice, WireguardDevicePeer } from "../../../netlink/wireguard/device.ts";
import { linkChange, type WireguardSpec } from "./link-change.ts";

/** As a program without care makes one, and as the kernel shows it. */
const careless = new Uint8Array(32).fill(0xff).toBase64();
const own = Uint8Array.of(0xf8, ...new Uint8Array(30).fill(0xff), 0x7f).toBase64();

const wanted: WireguardSpec = {
  ...{ privateKey: careless, listenPort: 0, firewallMark: 32 },
  peers: [
    {
      ...{ publicKey: "a", presharedKey: "", endpoint: "192.0.2.1:1", persistentKeepaliveInterval: 25_000 },
      allowedIPs: ["10.0.0.7/24", "2001:DB8:0::/48", "10.0.0.0/24"],
    },
  ],
};

const peer: WireguardDevicePeer = {
  ...{ publicKey: "a", presharedKey: "", endpoint: "203.0.113.9:4", keepaliveSeconds: 25 },
  ...{ lastHandshakeSeconds: 0, receivedBytes: 0, sentBytes: 0 },
  allowedPrefixes: ["2001:db8::/48", "10.0.0.0/24"],
};

const device: WireguardDevice = {
  ...{ privateKey: own, publicKey: "public", listenPort: 41_000, firewallMark: 32, peers: [peer] },
};

const nowhere = () => undefined;

test("a link that is as wanted is left alone: any port will do, and a peer may have moved", () => {
  expect(linkChange(device, wanted, nowhere)).toBeUndefined();
});

test("only what differs is changed", () => {
  expect(linkChange({ ...device, privateKey: "other" }, wanted, nowhere)).toEqual({ privateKey: own });
  expect(linkChange(device, { ...wanted, listenPort: 51_820, firewallMark: 0 }, nowhere)).toEqual({
    ...{ listenPort: 51_820, firewallMark: 0 },
  });
  const gone = { ...peer, publicKey: "b" };
  expect(linkChange({ ...device, peers: [peer, gone] }, wanted, nowhere)).toEqual({ removed: ["b"] });
  expect(linkChange({ ...device, peers: [{ ...peer, keepaliveSeconds: 0 }] }, wanted, nowhere)?.peers).toEqual([
    {
      ...{ publicKey: "a", presharedKey: "", endpoint: undefined, keepaliveSeconds: 25 },
      allowedPrefixes: ["10.0.0.0/24", "2001:db8::/48"],
    },
  ]);
});

test("a peer that is to be called somewhere is told so, one that is new in any case", () => {
  expect(linkChange(device, wanted, ({ endpoint }) => endpoint)?.peers).toMatchObject([{ endpoint: "192.0.2.1:1" }]);
  expect(linkChange({ ...device, peers: [] }, wanted, nowhere)?.peers).toMatchObject([{ publicKey: "a" }]);
});
