import { expect, test } from "bun:test";
import { PacketSocket } from "./packet-socket.ts";
import { withEnds } from "./testing/veth-ends.ts";

/** The headers of an IPv4 packet, and a last byte to know it by. */
function packet({ protocol = 17, port = 68, fragment = 0, mark = 0 }): Uint8Array {
  const bytes = Buffer.alloc(29);
  bytes[0] = 0x45;
  bytes.writeUInt16BE(bytes.length, 2);
  bytes.writeUInt16BE(fragment, 6);
  bytes[9] = protocol;
  bytes.writeUInt16BE(port, 22);
  bytes[28] = mark;
  return new Uint8Array(bytes);
}

test("only datagrams to the port arrive, with the station that sent them", () =>
  withEnds(async ({ near, far }) => {
    using sender = new PacketSocket(near.index, 1);
    using receiver = new PacketSocket(far.index, 68);
    const controller = new AbortController();
    const arriving = receiver.packets(controller.signal);
    const foreign = [{ protocol: 6 }, { port: 67 }, { fragment: 1 }];
    for (const sent of [{ mark: 1 }, ...foreign, { mark: 2 }]) sender.send(packet(sent));
    const marks: (number | undefined)[] = [];
    for await (const { packet: received, from } of arriving) {
      marks.push(received.at(-1));
      expect(Buffer.from(from).toString("hex")).toBe(near.hardwareAddress.replaceAll(":", ""));
      if (received.at(-1) === 2) controller.abort();
    }
    expect(marks).toEqual([1, 2]);
  }));
