import { expect, test } from "bun:test";
import fc from "fast-check";
import { cConstants, cLayout, layoutOf } from "../linux/testing/c-headers.ts";
import { Attributes, attributeHeader, attributeTypeMask, encodeAttributes, nestedFlag } from "./attribute.ts";
import { decodeMessages, encodeMessage, MessageFlag, MessageType, messageHeader } from "./message.ts";
import { NetlinkOption, netlinkAddress } from "./netlink-socket.ts";
import { EthernetProtocol, packetAddress } from "./packet-address.ts";

const headers = ["sys/socket.h", "linux/netlink.h"];

test("constants are the kernel's", () => {
  const pairs: readonly (readonly [number, string])[] = [
    [MessageType.noop, "NLMSG_NOOP"],
    [MessageType.error, "NLMSG_ERROR"],
    [MessageType.done, "NLMSG_DONE"],
    [MessageType.overrun, "NLMSG_OVERRUN"],
    [MessageFlag.request, "NLM_F_REQUEST"],
    [MessageFlag.multipart, "NLM_F_MULTI"],
    [MessageFlag.acknowledge, "NLM_F_ACK"],
    [MessageFlag.dumpInterrupted, "NLM_F_DUMP_INTR"],
    [MessageFlag.dump, "NLM_F_DUMP"],
    [MessageFlag.replace, "NLM_F_REPLACE"],
    [MessageFlag.exclusive, "NLM_F_EXCL"],
    [MessageFlag.create, "NLM_F_CREATE"],
    [MessageFlag.append, "NLM_F_APPEND"],
    [MessageFlag.extended, "NLM_F_ACK_TLVS"],
    [NetlinkOption.level, "SOL_NETLINK"],
    [NetlinkOption.addMembership, "NETLINK_ADD_MEMBERSHIP"],
    [NetlinkOption.capAcknowledgement, "NETLINK_CAP_ACK"],
    [NetlinkOption.extendedAcknowledgement, "NETLINK_EXT_ACK"],
    [NetlinkOption.strictCheck, "NETLINK_GET_STRICT_CHK"],
    [attributeTypeMask, "NLA_TYPE_MASK & 0xffff"],
    [nestedFlag, "NLA_F_NESTED"],
    [EthernetProtocol.inet4, "ETH_P_IP"],
    [EthernetProtocol.arp, "ETH_P_ARP"],
  ];
  const values = cConstants(
    [...headers, "linux/if_ether.h"],
    pairs.map(([, name]) => name),
  );
  expect(Object.fromEntries(pairs.map(([ours, name]) => [name, ours]))).toEqual(values);
});

test("structs have the layout of the C compiler", () => {
  const layouts = [
    {
      type: "struct nlmsghdr",
      ours: layoutOf(messageHeader, {
        length: "nlmsg_len",
        type: "nlmsg_type",
        flags: "nlmsg_flags",
        sequence: "nlmsg_seq",
        port: "nlmsg_pid",
      }),
    },
    { type: "struct nlattr", ours: layoutOf(attributeHeader, { length: "nla_len", type: "nla_type" }) },
    {
      type: "struct sockaddr_nl",
      ours: layoutOf(netlinkAddress, { family: "nl_family", port: "nl_pid", groups: "nl_groups" }),
    },
    {
      type: "struct sockaddr_ll",
      ours: layoutOf(packetAddress, {
        family: "sll_family",
        protocol: "sll_protocol",
        index: "sll_ifindex",
        hardwareType: "sll_hatype",
        packetType: "sll_pkttype",
        addressLength: "sll_halen",
        address: "sll_addr",
      }),
    },
  ];
  for (const { type, ours } of layouts) {
    expect(ours).toEqual(cLayout([...headers, "linux/if_packet.h"], type, Object.keys(ours.offsets)));
  }
});

const messages = fc.array(
  fc.record({
    type: fc.nat(65_535),
    flags: fc.nat(65_535),
    sequence: fc.nat(),
    body: fc.uint8Array({ maxLength: 40 }),
  }),
  { maxLength: 5 },
);

test("messages of one datagram are read as they were written", () => {
  fc.assert(
    fc.property(messages, (sent) => {
      const datagram = new Uint8Array(Buffer.concat(sent.map(encodeMessage)));
      const read = [...decodeMessages(datagram)].map((message) => ({ ...message, body: new Uint8Array(message.body) }));
      expect(read).toEqual(sent);
    }),
  );
});

test("attributes are read as they were written, numbers, texts and nests", () => {
  const encoded = encodeAttributes([
    [1, 4_000_000_000],
    [2, "eth0"],
    [3, Uint8Array.of(1, 2, 3)],
    [4, undefined],
    [5, [[6, "inner"]]],
    [
      7,
      [
        [0, [[8, "first"]]],
        [0, [[8, "second"]]],
      ],
    ],
    [9, Uint8Array.of(1, 2)],
  ]);
  const attributes = new Attributes(encoded);
  expect(encoded.length % 4).toBe(0);
  expect(attributes.number(1)).toBe(4_000_000_000);
  expect(attributes.text(2)).toBe("eth0");
  expect([...(attributes.bytes(3) ?? [])]).toEqual([1, 2, 3]);
  expect(attributes.bytes(4)).toBeUndefined();
  expect(attributes.nested(5).text(6)).toBe("inner");
  expect(attributes.elements(7).map((element) => element.text(8))).toEqual(["first", "second"]);
  expect(attributes.texts(5)).toEqual(["inner"]);
  expect([attributes.short(9), attributes.short(1)]).toEqual([0x0201, undefined]);
  expect(attributes.number(2)).toBeUndefined();
});

test("any bytes are read without failing", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 128 }), fc.nat(255), (bytes, type) => {
      expect([...decodeMessages(bytes)].length).toBeLessThanOrEqual(bytes.length / messageHeader.size);
      const attributes = new Attributes(bytes);
      expect(attributes.bytes(type)?.length ?? 0).toBeLessThanOrEqual(bytes.length);
      attributes.text(type);
      attributes.nested(type).number(1);
    }),
  );
});
