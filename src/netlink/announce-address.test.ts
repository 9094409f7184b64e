import { expect, test } from "bun:test";
import { close } from "../linux/file-descriptor.ts";
import { watchReadable } from "../linux/readiness.ts";
import { AddressFamily, bind, receive, SocketType, socket } from "../linux/socket.ts";
import { announceAddress, encodeGratuitousArp } from "./announce-address.ts";
import { encodeNeighbourAdvertisement } from "./neighbour-advertisement.ts";
import { networkOrder } from "./network-order.ts";
import { EthernetProtocol, packetAddress } from "./packet-address.ts";
import { AddressFlag } from "./rtnetlink/constants.ts";
import { withEnds } from "./testing/veth-ends.ts";

test("neighbours hear where an address is now", () =>
  withEnds(async ({ near, far }) => {
    const [family, protocol] = [AddressFamily.packet, networkOrder(EthernetProtocol.arp)];
    const neighbour = socket(family, SocketType.datagram | SocketType.nonBlocking, 0);
    try {
      bind(neighbour, packetAddress.encode({ family, protocol, index: far.index }));
      const arrived = Promise.withResolvers<void>();
      using _watch = watchReadable(neighbour, arrived.resolve, arrived.reject);
      announceAddress(near.index, near.hardwareAddress, "192.0.2.100");
      const buffer = new Uint8Array(64);
      await arrived.promise;
      const received = receive(neighbour, buffer);
      const expected = encodeGratuitousArp(near.hardwareAddress, "192.0.2.100");
      expect(buffer.subarray(0, received?.length)).toEqual(Uint8Array.from(expected));
      expect([...expected.subarray(14, 18), ...expected.subarray(24)]).toEqual([192, 0, 2, 100, 192, 0, 2, 100]);
    } finally {
      close(neighbour);
    }
  }));

test("the kernel at the other end believes where an IPv6 address is now", () =>
  withEnds(async ({ rtnetlink, near, far }) => {
    rtnetlink.addAddress(far.index, "2001:db8::1/64", { flags: AddressFlag.noDad });
    const neighbour = (verb: string, ...args: string[]) =>
      Bun.spawnSync(["ip", "-6", "neighbour", verb, ...args, "dev", "far"]).stdout.toString();
    // An advertisement that nobody asked for changes what is known, and adds nothing.
    neighbour("add", "2001:db8::100", "lladdr", "02:00:00:00:00:01", "nud", "reachable");
    announceAddress(near.index, near.hardwareAddress, "2001:db8::100");
    expect(neighbour("show", "2001:db8::100")).toContain(`lladdr ${near.hardwareAddress}`);
  }));

test("an advertisement is on the wire as the RFC draws it", () => {
  // The checksum was computed by a separate program.
  expect(Buffer.from(encodeNeighbourAdvertisement("02:00:00:00:00:07", "2001:db8::100")).toString("hex")).toBe(
    [
      "6000000000203aff" + "20010db8000000000000000000000100" + "ff020000000000000000000000000001",
      "8800f72620000000" + "20010db8000000000000000000000100" + "0201020000000007",
    ].join(""),
  );
});
