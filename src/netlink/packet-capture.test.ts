import { expect, test } from "bun:test";
import { close } from "../linux/file-descriptor.ts";
import { AddressFamily, SocketType, send, socket } from "../linux/socket.ts";
import { cConstants, cLayout, layoutOf } from "../linux/testing/c-headers.ts";
import { inNetworkNamespace } from "../linux/testing/namespace.ts";
import { packetAddress } from "./packet-address.ts";
import { type CapturedPacket, type CaptureOptions, PacketCapture } from "./packet-capture.ts";
import {
  arrivalTime,
  PacketOption,
  PacketStatus,
  packetAuxiliary,
  packetMembership,
  packetStatistics,
  promiscuous,
  usualVlanProtocol,
} from "./packet-option.ts";
import { Rtnetlink } from "./rtnetlink/rtnetlink.ts";
import { withEnds } from "./testing/veth-ends.ts";

const headers = ["sys/socket.h", "linux/if_packet.h", "linux/if_ether.h"];

test("constants of packet sockets are the kernel's", () => {
  const pairs = {
    SOL_PACKET: PacketOption.level,
    PACKET_ADD_MEMBERSHIP: PacketOption.addMembership,
    PACKET_STATISTICS: PacketOption.statistics,
    PACKET_AUXDATA: PacketOption.auxiliaryData,
    PACKET_IGNORE_OUTGOING: PacketOption.ignoreOutgoing,
    PACKET_MR_PROMISC: promiscuous,
    SO_TIMESTAMPNS: arrivalTime,
    TP_STATUS_VLAN_VALID: PacketStatus.vlanTag,
    TP_STATUS_VLAN_TPID_VALID: PacketStatus.vlanProtocol,
    ETH_P_8021Q: usualVlanProtocol,
  };
  expect(cConstants(headers, Object.keys(pairs))).toEqual(pairs);
});

test("structs of packet sockets have the layout of the C compiler", () => {
  const layouts = {
    "struct packet_mreq": layoutOf(packetMembership, {
      ...{ index: "mr_ifindex", type: "mr_type", addressLength: "mr_alen", address: "mr_address" },
    }),
    "struct tpacket_auxdata": layoutOf(packetAuxiliary, {
      ...{ status: "tp_status", length: "tp_len", captured: "tp_snaplen", linkHeader: "tp_mac" },
      ...{ networkHeader: "tp_net", vlanTag: "tp_vlan_tci", vlanProtocol: "tp_vlan_tpid" },
    }),
    "struct tpacket_stats": layoutOf(packetStatistics, { packets: "tp_packets", dropped: "tp_drops" }),
  };
  for (const [type, ours] of Object.entries(layouts)) {
    expect(ours).toEqual(cLayout(headers, type, Object.keys(ours.offsets)));
  }
});

/** What a capture sees while something is done, until there is a packet that ends in `end`. */
async function captured(
  options: Omit<CaptureOptions, "snapLength"> & { snapLength?: number },
  deed: () => unknown,
): Promise<CapturedPacket[]> {
  using capture = new PacketCapture({ snapLength: 262_144, ...options });
  const seen: CapturedPacket[] = [];
  const controller = new AbortController();
  await deed();
  for await (const packets of capture.packets(controller.signal)) {
    seen.push(...packets);
    if (packets.some(({ bytes }) => Buffer.from(bytes).includes("end"))) controller.abort();
  }
  return seen;
}

/** A network with a loopback that is up. */
const onLoopback = (body: (index: number, rtnetlink: Rtnetlink) => Promise<void>) =>
  inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    rtnetlink.setLinkUp("lo");
    await body(rtnetlink.link("lo")?.index ?? 0, rtnetlink);
  });

async function sendDatagrams(port: number, ...texts: readonly string[]): Promise<void> {
  // Somebody has to be there, or the kernel answers that nobody is.
  const receiver = await Bun.udpSocket({ hostname: "127.0.0.1", port });
  const sender = await Bun.udpSocket({ hostname: "127.0.0.1" });
  for (const text of [...texts, "end"]) sender.send(text, port, "127.0.0.1");
  for (const socket of [sender, receiver]) socket.close();
}

const text = ({ bytes }: CapturedPacket) => Buffer.from(bytes.subarray(42)).toString();

test("what passes a loopback is seen once, whole, and with its moment", () =>
  onLoopback(async (linkIndex) => {
    const before = Date.now() / 1_000;
    const seen = await captured({ linkIndex, ignoreOutgoing: true }, () => sendDatagrams(9, "hello"));
    const datagrams = seen.filter(({ bytes }) => bytes[23] === 17);
    expect(datagrams.map(text)).toEqual(["hello", "end"]);
    expect(datagrams[0]?.wireLength).toBe(47);
    for (const { seconds, nanoseconds } of datagrams) {
      expect(seconds + nanoseconds / 1e9).toBeWithin(before - 0.01, Date.now() / 1_000 + 0.01);
    }
  }));

test("a packet is cut to the length that is asked for, and says how long it was", () =>
  onLoopback(async (linkIndex) => {
    const long = "x".repeat(1_000);
    const options = { linkIndex, ignoreOutgoing: true, snapLength: 60 };
    const [packet] = (await captured(options, () => sendDatagrams(9, long))).filter(({ bytes }) => bytes[23] === 17);
    expect([packet?.bytes.length, packet?.wireLength]).toEqual([60, 1_042]);
  }));

test("the kernel's filter keeps the rest away, and what is no filter is refused", () =>
  onLoopback(async (linkIndex) => {
    // IPv4, UDP, to port 9: ldh [12]; jeq 0x800; ldb [23]; jeq 17; ldh [36]; jeq 9; ret 45; ret 0.
    const filter = [
      { code: 0x28, ifTrue: 0, ifFalse: 0, operand: 12 },
      { code: 0x15, ifTrue: 0, ifFalse: 5, operand: 0x800 },
      { code: 0x30, ifTrue: 0, ifFalse: 0, operand: 23 },
      { code: 0x15, ifTrue: 0, ifFalse: 3, operand: 17 },
      { code: 0x28, ifTrue: 0, ifFalse: 0, operand: 36 },
      { code: 0x15, ifTrue: 0, ifFalse: 1, operand: 9 },
      { code: 0x06, ifTrue: 0, ifFalse: 0, operand: 46 },
      { code: 0x06, ifTrue: 0, ifFalse: 0, operand: 0 },
    ];
    const seen = await captured({ linkIndex, ignoreOutgoing: true, filter }, async () => {
      await sendDatagrams(7, "for another");
      await sendDatagrams(9, "longer");
    });
    expect(seen.map((packet) => [text(packet), packet.wireLength])).toEqual([
      ["long", 48],
      ["end", 45],
    ]);
    const odd = [{ code: 0xffff, ifTrue: 0, ifFalse: 0, operand: 0 }];
    expect(() => new PacketCapture({ linkIndex, snapLength: 100, filter: odd })).toThrow("invalid argument");
  }));

test("a VLAN's tag is where it was on the wire", () =>
  withEnds(async ({ near, far }) => {
    const frame = Buffer.from(`ffffffffffff02000000000188a80007${Buffer.from("0800 end").toString("hex")}`, "hex");
    using capture = new PacketCapture({ linkIndex: far.index, snapLength: 2_048 });
    const sender = socket(AddressFamily.packet, SocketType.raw, 0);
    send(sender, frame, packetAddress.encode({ family: AddressFamily.packet, index: near.index }));
    close(sender);
    const controller = new AbortController();
    for await (const packets of capture.packets(controller.signal)) {
      const found = packets.find(({ bytes }) => Buffer.from(bytes).includes("end"));
      if (found === undefined) continue;
      expect(Buffer.from(found.bytes).toString("hex")).toBe(frame.toString("hex"));
      expect(found.wireLength).toBe(frame.length);
      controller.abort();
    }
    expect(capture.statistics().dropped).toBe(0);
  }));
