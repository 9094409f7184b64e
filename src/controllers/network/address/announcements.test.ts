import { expect, test } from "bun:test";
import { runtimeWith } from "../../../cosi/testing.ts";
import { close } from "../../../linux/file-descriptor.ts";
import { watchReadable } from "../../../linux/readiness.ts";
import { AddressFamily, bind, receive, SocketType, socket } from "../../../linux/socket.ts";
import { inNetworkNamespace } from "../../../linux/testing/namespace.ts";
import { decodeArp } from "../../../netlink/arp.ts";
import { networkOrder } from "../../../netlink/network-order.ts";
import { nft } from "../../../netlink/nftables/testing/nft.ts";
import { EthernetProtocol, packetAddress } from "../../../netlink/packet-address.ts";
import { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import { withLinkApart } from "../../../netlink/testing/link-apart.ts";
import { bringUp, withEnds } from "../../../netlink/testing/veth-ends.ts";
import { AddressSpec } from "../../../resources/network/address-spec.ts";
import { addShared, noWishes } from "../wanted/lease.ts";
import { addressSpecController } from "./address-spec.ts";
import { Announcements } from "./announcements.ts";

/** What the operator of a shared address asks for while this machine has it. */
function sharedAddress(ip: string): AddressSpec {
  const all = noWishes();
  addShared(all, {
    ...{ operator: "vip", linkName: "near", requireUp: true, layer: "configuration" },
    vip: { ip, gratuitousARP: true },
  });
  const [spec] = all.addresses.values();
  if (spec === undefined) throw new Error(`nobody asks for ${ip}`);
  return spec;
}

/** At the far end: whoever had the address before is remembered, and the first packet that says otherwise gets lost. */
function rememberOther(address: string): void {
  const entry = ["lladdr", "02:00:00:00:00:01", "dev", "far", "nud", "reachable"];
  const { exitCode, stderr } = Bun.spawnSync(["ip", "neighbour", "add", address, ...entry]);
  if (exitCode !== 0) throw new Error(stderr.toString());
  const [family, which] = address.includes(":") ? ["ip6", "icmpv6 type nd-neighbor-advert"] : ["arp", ""];
  const rule = `${which} limit rate 1/day burst 1 packets counter drop`;
  nft(["-f", "-"], `table ${family} lossy { chain heard { type filter hook input priority 0; ${rule}; }; }`);
}

const lostPackets = (): number => Number(/counter packets (\d+)/.exec(nft(["list", "ruleset"]))?.[1]);

test.each(["192.0.2.100", "2001:db8::100"])("a neighbour that missed that %s is here now hears it later", (address) =>
  inNetworkNamespace(async () => {
    using far = new Rtnetlink();
    far.createLink({ name: "near", kind: "veth", peerName: "far" });
    far.setLinkUp("far");
    rememberOther(address);
    const enough = new AbortController();
    const changes = far.changes(["neighbour"], enough.signal);
    await withLinkApart(far, "near", async (near) => {
      await bringUp(near, "near");
      const station = near.link("near")?.hardwareAddress;
      const isKnown = () => far.neighbours().some((one) => one.address === address && one.hardwareAddress === station);
      await using machine = await runtimeWith(addressSpecController(near));
      await machine.state.create(AddressSpec, "shared", sharedAddress(address));
      for await (const _ of changes) if (isKnown()) break;
    });
    enough.abort();
    expect(lostPackets()).toBe(1);
  }),
);

test("neighbours are told three times, and nothing of an address that has gone meanwhile", () =>
  withEnds(async ({ near, far }) => {
    const [family, protocol] = [AddressFamily.packet, networkOrder(EthernetProtocol.arp)];
    const neighbour = socket(family, SocketType.datagram | SocketType.nonBlocking, 0);
    const heard: (string | undefined)[] = [];
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const listen = () => {
      const buffer = new Uint8Array(64);
      while (receive(neighbour, buffer) !== undefined) heard.push(decodeArp(buffer)?.senderAddress);
      if (heard.filter((address) => address === "192.0.2.102").length === 3) resolve();
    };
    try {
      bind(neighbour, packetAddress.encode({ family, protocol, index: far.index }));
      using _watch = watchReadable(neighbour, listen, reject);
      using announcements = new Announcements();
      for (const last of [101, 102]) announcements.start(`${last}`, near, `192.0.2.${last}`);
      announcements.stop("101");
      await promise;
      expect(heard.toSorted()).toEqual(["192.0.2.101", "192.0.2.102", "192.0.2.102", "192.0.2.102"]);
    } finally {
      close(neighbour);
    }
  }));
