import { expect, test } from "bun:test";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inNetworkNamespace } from "../src/linux/testing/namespace.ts";
import type { LeaseEvent } from "../src/net/dhcp4/client.ts";
import { keepLease } from "../src/net/dhcp4/run.ts";
import { PacketSocket } from "../src/netlink/packet-socket.ts";
import { parseHardwareAddress } from "../src/netlink/rtnetlink/link.ts";
import { Rtnetlink } from "../src/netlink/rtnetlink/rtnetlink.ts";
import { withLinkApart } from "../src/netlink/testing/link-apart.ts";
import { serveDhcp } from "../src/talosctl/cluster/server/dhcp.ts";

const testAsRoot = test.if(process.getuid?.() === 0 && process.platform === "linux");

/** A host with a cable to a machine, each in a network of its own. */
async function onCable(host: () => Promise<Disposable>, machine: (mac: string, index: number) => Promise<void>) {
  await inNetworkNamespace(async () => {
    using far = new Rtnetlink();
    far.createLink({ name: "machine", kind: "veth", peerName: "bridge" });
    far.addAddress("bridge", "10.5.0.1/24");
    far.setLinkUp("bridge");
    using _ = await host();
    await withLinkApart(far, "machine", async (near) => {
      near.setLinkUp("machine");
      const link = near.link("machine");
      await machine(link?.hardwareAddress ?? "", link?.index ?? 0);
    });
  });
}

testAsRoot("a cluster's server gives a machine the address that is written down for it, by then or later", async () => {
  await using directory = await mkdtempDisposable(join(tmpdir(), "cluster-dhcp-"));
  const reservationsFile = join(directory.path, "reservations.json");
  await Bun.write(reservationsFile, "[]");
  const { promise: refused, resolve: refuse } = Promise.withResolvers<void>();
  const heard: string[] = [];
  const host = () =>
    serveDhcp({
      ...{ serverAddress: "10.5.0.1", router: "10.5.0.1", mask: "255.255.255.0", reservationsFile },
      log: (line) => heard.push(line),
      unknown: () => refuse(),
    });
  await onCable(host, async (hardwareAddress, index) => {
    using transport = new PacketSocket(index);
    const stopping = new AbortController();
    const lease = keepLease({
      ...{ transport, hardwareAddress: parseHardwareAddress(hardwareAddress), signal: stopping.signal },
    })[Symbol.asyncIterator]();
    const bound = lease.next();
    await refused;
    // The cluster grows: whoever asks again is known.
    const reservation = { hardwareAddress, address: "10.5.0.7", hostname: "x-worker-1" };
    await Bun.write(reservationsFile, JSON.stringify([reservation]));
    const event: LeaseEvent | undefined = (await bound).value ?? undefined;
    expect(event).toMatchObject({
      kind: "bound",
      lease: { address: "10.5.0.7", prefixLength: 24, hostname: "x-worker-1", server: "10.5.0.1" },
    });
    stopping.abort();
  });
  expect(heard).toContain("DHCP 10.5.0.7 to 255.255.255.255");
});
