import { expect, test } from "bun:test";
import { inNetworkNamespace } from "../linux/testing/namespace.ts";
import { PacketSocket } from "./packet-socket.ts";
import { Rtnetlink } from "./rtnetlink/rtnetlink.ts";

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
  inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    rtnetlink.createLink({ name: "near", kind: "veth", peerName: "far" });
    await bothUp(rtnetlink);
    const near = rtnetlink.link("near");
    using sender = new PacketSocket(near?.index ?? 0, 1);
    using receiver = new PacketSocket(rtnetlink.link("far")?.index ?? 0, 68);
    const controller = new AbortController();
    const arriving = receiver.packets(controller.signal);
    const foreign = [{ protocol: 6 }, { port: 67 }, { fragment: 1 }];
    for (const sent of [{ mark: 1 }, ...foreign, { mark: 2 }]) sender.send(packet(sent));
    const marks: (number | undefined)[] = [];
    for await (const { packet: received, from } of arriving) {
      marks.push(received.at(-1));
      expect(Buffer.from(from).toString("hex")).toBe(near?.hardwareAddress.replaceAll(":", "") ?? "");
      if (received.at(-1) === 2) controller.abort();
    }
    expect(marks).toEqual([1, 2]);
  }));

/** A link drops what is sent before the kernel has seen its carrier, which is a moment after it was set up. */
async function bothUp(rtnetlink: Rtnetlink): Promise<void> {
  const controller = new AbortController();
  const changes = rtnetlink.changes(["link"], controller.signal);
  const isUp = (name: string) => rtnetlink.link(name)?.operationalState === "up";
  for (const link of ["near", "far"]) rtnetlink.setLinkUp(link);
  for await (const _ of changes) if (isUp("near") && isUp("far")) break;
  controller.abort();
}
