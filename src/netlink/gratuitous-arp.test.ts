import { expect, test } from "bun:test";
import { close } from "../linux/file-descriptor.ts";
import { watchReadable } from "../linux/readiness.ts";
import { AddressFamily, bind, receive, SocketType, socket } from "../linux/socket.ts";
import { inNetworkNamespace } from "../linux/testing/namespace.ts";
import { announceAddress, encodeGratuitousArp } from "./gratuitous-arp.ts";
import { EthernetProtocol, networkOrder, packetAddress } from "./packet-address.ts";
import { Rtnetlink } from "./rtnetlink/rtnetlink.ts";

test("neighbours hear where an address is now", () =>
  inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    rtnetlink.createLink({ name: "near", kind: "veth", peerName: "far" });
    const changes = rtnetlink.changes(["link"], AbortSignal.timeout(5_000));
    for (const name of ["near", "far"]) rtnetlink.setLinkUp(name);
    // What is sent before the kernel has seen the carrier is lost.
    for await (const _ of changes) if (rtnetlink.link("near")?.operationalState === "up") break;
    const [near, far] = [rtnetlink.link("near"), rtnetlink.link("far")];
    const [family, protocol] = [AddressFamily.packet, networkOrder(EthernetProtocol.arp)];
    const neighbour = socket(family, SocketType.datagram | SocketType.nonBlocking, 0);
    try {
      bind(neighbour, packetAddress.encode({ family, protocol, index: far?.index ?? 0 }));
      const arrived = Promise.withResolvers<void>();
      using _watch = watchReadable(neighbour, arrived.resolve, arrived.reject);
      announceAddress(near?.index ?? 0, near?.hardwareAddress ?? "", "192.0.2.100");
      const buffer = new Uint8Array(64);
      await arrived.promise;
      const received = receive(neighbour, buffer);
      const expected = encodeGratuitousArp(near?.hardwareAddress ?? "", "192.0.2.100");
      expect(buffer.subarray(0, received?.length)).toEqual(Uint8Array.from(expected));
      expect([...expected.subarray(14, 18), ...expected.subarray(24)]).toEqual([192, 0, 2, 100, 192, 0, 2, 100]);
    } finally {
      close(neighbour);
    }
  }));
