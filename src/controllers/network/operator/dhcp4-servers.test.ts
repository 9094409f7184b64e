import { expect, test } from "bun:test";
import { Latest } from "../../../async/latest.ts";
import { notNeeded } from "../../../net/dhcp/not-needed.ts";
import type { LeaseEvent } from "../../../net/dhcp4/client.ts";
import { type DhcpOptions, keepLease } from "../../../net/dhcp4/run.ts";
import { PacketSocket } from "../../../netlink/packet-socket.ts";
import { type DhcpNetwork, dnsmasq, kea, withDhcpServer } from "../testing/dhcp-network.ts";
import { FastClock } from "../testing/fast-clock.ts";
import { unreliable } from "../testing/unreliable.ts";
import { dhcp4Transport } from "./dhcp4-operator.ts";

const pool = (last: number, ...flags: readonly string[]) =>
  dnsmasq("DHCP, IP range", `--dhcp-range=192.0.2.100,192.0.2.${last},255.255.255.0,2m`, ...flags);

/** A client on our end of the link. */
class Client implements AsyncDisposable {
  readonly #stop = new AbortController();
  readonly #socket: PacketSocket;
  readonly #events: AsyncGenerator<LeaseEvent, void>;

  constructor(network: DhcpNetwork, options: Partial<DhcpOptions> = {}, wrap = (own: DhcpOptions["transport"]) => own) {
    const { link, hardwareAddress } = network;
    this.#socket = new PacketSocket(link.index);
    const transport = wrap(dhcp4Transport(this.#socket, link.index, hardwareAddress));
    this.#events = keepLease({ transport, hardwareAddress, signal: this.#stop.signal, ...options });
  }

  async next(): Promise<LeaseEvent> {
    const { value } = await this.#events.next();
    if (value === undefined) throw new Error("the events ended");
    return value;
  }

  /** Ends it, and reads until it has ended. */
  async end(reason?: unknown): Promise<void> {
    this.#stop.abort(reason);
    while (!(await this.#events.next()).done);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    this.#socket[Symbol.dispose]();
  }
}

const options = [
  ...["router,192.0.2.1", "dns-server,192.0.2.53,192.0.2.54", "ntp-server,192.0.2.123", "mtu,1400"],
  "domain-search,example.org,sub.example.org",
  "classless-static-route,0.0.0.0/0,192.0.2.1,10.0.0.0/8,192.0.2.9",
].map((option) => `--dhcp-option=option:${option}`);

test("a lease is got from dnsmasq with its options, and renewed at T1", () =>
  withDhcpServer(pool(100, "--domain=example.org", "--dhcp-option=12,leased", ...options), async (network) => {
    const clock = new FastClock();
    await using client = new Client(network, { clock });
    expect(await client.next()).toEqual({
      kind: "bound",
      lease: {
        ...{ address: "192.0.2.100", prefixLength: 24, server: "192.0.2.1", mtu: 1_400 },
        routes: [
          { destination: "0.0.0.0/0", gateway: "192.0.2.1" },
          { destination: "10.0.0.0/8", gateway: "192.0.2.9" },
        ],
        ...{ dns: ["192.0.2.53", "192.0.2.54"], ntp: ["192.0.2.123"] },
        ...{ hostname: "leased", domain: "example.org", searchDomains: ["example.org", "sub.example.org"] },
        ...{ leaseSeconds: 120, renewSeconds: 60, rebindSeconds: 105 },
      },
    });
    // The server answers a renewal to the address itself: someone must have it.
    network.rtnetlink.addAddress(network.link.index, "192.0.2.100/24");
    const boundMs = clock.now();
    clock.run(200);
    expect(await client.next()).toMatchObject({ kind: "bound", lease: { address: "192.0.2.100" } });
    expect(clock.now() - boundMs).toBeGreaterThan(50_000);
  }));

test("without a server nothing comes, and ending it ends the waiting", () =>
  withDhcpServer(pool(100), async (network) => {
    await network.server.stop();
    await using client = new Client(network);
    const next = client.next().catch((thrown: Error) => thrown.message);
    await client.end();
    expect(await next).toBe("the events ended");
  }));

test("a lease that is not needed is given back, and one that goes on is not", () =>
  withDhcpServer(pool(100), async (network) => {
    {
      await using client = new Client(network);
      expect(await client.next()).toMatchObject({ kind: "bound", lease: { address: "192.0.2.100" } });
      await client.end(notNeeded);
      await network.server.says("DHCPRELEASE(far) 192.0.2.100");
    }
    network.server.forget();
    await using again = new Client(network, { previousAddress: "192.0.2.100" });
    expect((await again.next()).kind).toBe("bound");
    await again.end();
    await using back = new Client(network, { previousAddress: "192.0.2.100" });
    expect((await back.next()).kind).toBe("bound");
    // It asked for what it had, without looking around first.
    await network.server.says("DHCPREQUEST(far) 192.0.2.100");
    expect(await network.server.says("DHCP").then((line) => line.includes("RELEASE"))).toBe(false);
  }));

test("on another network the old address is refused, and a new one is got at once", () =>
  withDhcpServer(pool(100), async (network) => {
    // So slow that what the client waits for is told from what a busy computer takes.
    const clock = new FastClock(0.1);
    const began = clock.now();
    await using client = new Client(network, { clock, previousAddress: "198.51.100.7" });
    expect(await client.next()).toMatchObject({ kind: "bound", lease: { address: "192.0.2.100" } });
    await network.server.says("DHCPNAK(far) 198.51.100.7");
    expect(clock.now() - began).toBeLessThan(900);
  }));

test("an address that a neighbour has is declined, and the next one is used", () =>
  withDhcpServer(pool(101), async (network) => {
    const { outside, server } = network;
    const clock = new FastClock();
    const first = new Client(network);
    const taken = await first.next();
    if (taken.kind !== "bound") throw new Error("there is no lease");
    await first.end(notNeeded);
    await server.says("DHCPRELEASE");
    outside.addAddress("far", `${taken.lease.address}/32`);
    await using client = new Client(network, { clock, checkMs: 200 });
    expect(await client.next()).toEqual({ kind: "declined", address: taken.lease.address });
    clock.run(20);
    await server.says(`DHCPDECLINE(far) ${taken.lease.address}`);
    const given = await client.next();
    expect(given).toMatchObject({ kind: "bound", lease: { server: "192.0.2.1" } });
    expect(given.kind === "bound" && given.lease.address !== taken.lease.address).toBe(true);
  }));

test("a server that is gone is asked until the lease ends, and one that comes back gives it again", () =>
  withDhcpServer(pool(100), async (network) => {
    const clock = new FastClock();
    await using client = new Client(network, { clock });
    const before = await client.next();
    expect(before.kind).toBe("bound");
    await network.server.stop();
    clock.run(200);
    const endMs = clock.now() + 120_000;
    expect(await client.next()).toEqual({ kind: "lost", reason: "expired" });
    expect(clock.now()).toBeGreaterThanOrEqual(endMs - 5_000);
    clock.run(10);
    await network.restart();
    expect((await client.next()).kind).toBe("bound");
  }));

test("at T2 any server may prolong the lease, and from then on that one is asked", () =>
  withDhcpServer(pool(100), async ({ server, outside, rtnetlink, restart, ...network }) => {
    const clock = new FastClock();
    await using client = new Client({ server, outside, rtnetlink, restart, ...network }, { clock });
    expect(await client.next()).toMatchObject({ kind: "bound", lease: { server: "192.0.2.1" } });
    rtnetlink.addAddress("near", "192.0.2.100/24");
    await server.stop();
    outside.removeAddress("far", "192.0.2.1/24");
    outside.addAddress("far", "192.0.2.2/24");
    await restart();
    const boundMs = clock.now();
    // Slowly enough that a busy host does not miss the fifteen seconds between T2 and the end.
    clock.run(20);
    expect(await client.next()).toMatchObject({
      ...{ kind: "bound", lease: { address: "192.0.2.100", server: "192.0.2.2" } },
    });
    expect(clock.now() - boundMs).toBeGreaterThan(100_000);
    server.forget();
    clock.run(60);
    expect(await client.next()).toMatchObject({ kind: "bound", lease: { server: "192.0.2.2" } });
    await server.says("DHCPREQUEST(far) 192.0.2.100");
  }));

test("a server that takes its address back is obeyed at T1, and gives another", () =>
  withDhcpServer(pool(100), async (network) => {
    const clock = new FastClock();
    await using client = new Client(network, { clock });
    expect(await client.next()).toMatchObject({ kind: "bound", lease: { address: "192.0.2.100" } });
    network.rtnetlink.addAddress("near", "192.0.2.100/24");
    await network.server.stop();
    await network.restart(dnsmasq("DHCP, IP range", "--dhcp-range=192.0.2.150,192.0.2.150,255.255.255.0,2m"));
    clock.run(40);
    expect(await client.next()).toEqual({ kind: "lost", reason: "refused" });
    await network.server.says("DHCPNAK(far) 192.0.2.100");
    expect(await client.next()).toMatchObject({ kind: "bound", lease: { address: "192.0.2.150" } });
  }));

test("the server learns the machine's name when it has one", () =>
  withDhcpServer(pool(100), async (network) => {
    const name = new Latest<string | undefined>(undefined);
    await using client = new Client(network, { name });
    expect(await client.next()).toMatchObject({ kind: "bound", lease: { hostname: undefined } });
    network.rtnetlink.addAddress(network.link.index, "192.0.2.100/24");
    network.server.forget();
    name.set("node-7");
    expect((await client.next()).kind).toBe("bound");
    expect(await network.server.says("DHCPACK(far) 192.0.2.100")).toEndWith("node-7");
  }));

test("losses, repetitions and delays cost time, and never the lease", () =>
  withDhcpServer(pool(100), async (network) => {
    const clock = new FastClock(10);
    const how = { lossRate: 0.3, repeatRate: 0.3, longestDelayMs: 30, seed: 7 };
    await using client = new Client(network, { clock }, (transport) => unreliable(transport, how));
    expect((await client.next()).kind).toBe("bound");
    network.rtnetlink.addAddress(network.link.index, "192.0.2.100/24");
    clock.run(120);
    for (const _ of [1, 2]) expect(await client.next()).toMatchObject({ kind: "bound" });
  }));

test("Kea's leases are as good as dnsmasq's", () =>
  withDhcpServer(
    kea(4, "192.0.2.100 - 192.0.2.100", "192.0.2.0/24", [
      { name: "routers", data: "192.0.2.1" },
      { name: "domain-name-servers", data: "192.0.2.53" },
      { name: "interface-mtu", data: "1400" },
      { name: "ntp-servers", data: "192.0.2.123" },
    ]),
    async (network) => {
      await using client = new Client(network, { clientId: Uint8Array.of(0, 3, 0, 1, 1, 2, 3, 4, 5, 6) });
      expect(await client.next()).toMatchObject({
        kind: "bound",
        lease: {
          ...{ address: "192.0.2.100", prefixLength: 24, mtu: 1_400, dns: ["192.0.2.53"], ntp: ["192.0.2.123"] },
          ...{ leaseSeconds: 120, routes: [{ destination: "0.0.0.0/0", gateway: "192.0.2.1" }] },
        },
      });
      expect(await network.server.says("DHCP4_LEASE_ALLOC")).toContain("cid=[00:03:00:01:01:02:03:04:05:06]");
      await client.end(notNeeded);
      await network.server.says("DHCP4_RELEASE ");
    },
  ));
