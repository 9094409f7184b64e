import { expect, test } from "bun:test";
import { inNetworkNamespace } from "../../../linux/testing/namespace.ts";
import { PcapReader } from "../../../net/pcap/reader.ts";
import { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import { machine } from "../../../proto/index.ts";
import { packetCapture } from "./packet-capture.ts";

const request = (wanted: machine.PacketCaptureRequest.$Properties) =>
  machine.PacketCaptureRequest.decode(machine.PacketCaptureRequest.encode(wanted).finish());

/** A network with a loopback that is up, a capture in it, and what the machine logs. */
const capturing = (
  wanted: machine.PacketCaptureRequest.$Properties,
  body: (given: {
    readonly data: AsyncGenerator<{ bytes?: Uint8Array | null }>;
    readonly end: AbortController;
    readonly log: string[];
    readonly rtnetlink: Rtnetlink;
  }) => Promise<void>,
) =>
  inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    rtnetlink.setLinkUp("lo");
    rtnetlink.createLink({ name: "near", kind: "veth", peerName: "far" });
    const log: string[] = [];
    const end = new AbortController();
    const machine = { log: (_: string, text: string) => log.push(text) };
    const data = packetCapture(machine, request(wanted), { signal: end.signal });
    await body({ data, end, log, rtnetlink });
  });

async function sendDatagram(text: string): Promise<void> {
  const receiver = await Bun.udpSocket({ hostname: "127.0.0.1", port: 9 });
  const sender = await Bun.udpSocket({ hostname: "127.0.0.1" });
  sender.send(text, 9, "127.0.0.1");
  for (const socket of [sender, receiver]) socket.close();
}

test("what passes is a capture file, as it comes, until the client has had enough", () =>
  capturing({ interface: "lo", snap_len: 1_000 }, async ({ data, end, log }) => {
    const reader = new PcapReader();
    const seen: string[] = [];
    for await (const { bytes } of data) {
      const packets = reader.push(bytes ?? new Uint8Array(0));
      if (seen.length === 0 && packets.length === 0) await sendDatagram("hello");
      seen.push(...packets.map((packet) => Buffer.from(packet.bytes.subarray(42)).toString()));
      if (seen.includes("hello")) end.abort();
    }
    expect(reader.linkType).toBe(1);
    expect(seen).toContain("hello");
    expect(log).toEqual([expect.stringMatching(/^captured packets of lo: \d+, of them lost for want of room: 0$/)]);
  }));

test("it ends when the interface is removed", () =>
  capturing({ interface: "near" }, async ({ data, rtnetlink }) => {
    await data.next();
    rtnetlink.deleteLink("near");
    expect(await data.next().catch((thrown) => thrown)).toMatchObject({
      code: 14,
      message: 'interface "near" has been removed',
    });
  }));

test("it goes on when the interface was down for a while", () =>
  capturing({ interface: "lo" }, async ({ data, end, rtnetlink }) => {
    await data.next();
    rtnetlink.setLinkUp("lo", false);
    rtnetlink.setLinkUp("lo");
    await sendDatagram("again");
    const { value } = await data.next();
    expect(Buffer.from(value?.bytes ?? []).toString()).toContain("again");
    end.abort();
    await data.return(undefined);
  }));

test.each([
  ["an interface that there is not", { interface: "eth7" }, 5, 'interface "eth7" not found'],
  ["a filter that is none", { interface: "lo", bpf_filter: [{ op: 0xffff }] }, 3, "the kernel refuses the filter"],
  ["an instruction of too many bits", { interface: "lo", bpf_filter: [{ op: 0x1_0000 }] }, 3, "a filter has at most"],
  [
    "a filter without end",
    { interface: "lo", bpf_filter: Array(4_097).fill({ op: 6 }) },
    3,
    "a filter has at most 4096",
  ],
])("%s is refused", (_, wanted, code, message) =>
  capturing(wanted, async ({ data }) => {
    const failure = await data.next().catch((thrown) => thrown);
    expect(failure).toMatchObject({ code, message: expect.stringContaining(message) });
  }),
);
