import { expect, test } from "bun:test";
import { Notice } from "../../../async/notice.ts";
import { testConfig } from "../../../config/testing.ts";
import { notNeeded } from "../../../net/dhcp/not-needed.ts";
import type { Dhcp6Event, Dhcp6Lease } from "../../../net/dhcp6/client.ts";
import { keepAddresses } from "../../../net/dhcp6/run.ts";
import { AddressFlag } from "../../../netlink/rtnetlink/constants.ts";
import { AddressSpec } from "../../../resources/network/address-spec.ts";
import { AddressStatus } from "../../../resources/network/address-status.ts";
import { OperatorSpec } from "../../../resources/network/operator-spec.ts";
import { ResolverSpec } from "../../../resources/network/resolver-spec.ts";
import { wishes } from "../../layered.ts";
import { configure } from "../../testing.ts";
import { type DhcpNetwork, dnsmasq, doubt, kea, withDhcpServer } from "../testing/dhcp-network.ts";
import { FastClock } from "../testing/fast-clock.ts";
import { networkMachine } from "../testing/network-machine.ts";
import { unreliable6 } from "../testing/unreliable.ts";
import { dhcp6Socket, runDhcp6 } from "./dhcp6-operator.ts";

const spec: OperatorSpec = {
  ...{ operator: "dhcp6", linkName: "near", requireUp: true, layer: "configuration" },
  dhcp6: { routeMetric: 1_024, skipHostnameRequest: false, clientIdentifier: { clientIdentifier: "mac" } },
};

/** The operator at work on our end of the link. */
class Operator implements AsyncDisposable {
  readonly logged: string[] = [];
  readonly #stop = new AbortController();
  readonly #told = new Notice();
  readonly #leases: (Dhcp6Lease | undefined)[] = [];
  readonly #ended: Promise<void>;

  constructor({ link }: DhcpNetwork, wanted: OperatorSpec = spec) {
    this.#ended = runDhcp6({
      ...{ spec: wanted, link, signal: this.#stop.signal, log: (_, message) => this.logged.push(message) },
      onLease: (lease) => {
        this.#leases.push(lease);
        this.#told.post();
      },
    });
  }

  /** The next lease; undefined when it was lost. */
  async next(): Promise<Dhcp6Lease | undefined> {
    while (this.#leases.length === 0) await this.#told.next();
    return this.#leases.shift();
  }

  async end(reason?: unknown): Promise<void> {
    this.#stop.abort(reason);
    await this.#ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end();
  }
}

const pool = (range: string, ...flags: readonly string[]) =>
  dnsmasq("DHCPv6", `--dhcp-range=${range}`, "--dhcp-option=option6:dns-server,[2001:db8::53]", ...flags);

test("dnsmasq gives an address with all that goes with it, and gets it back", () =>
  withDhcpServer(
    pool(
      "2001:db8::100,2001:db8::100,64,2m",
      "--dhcp-option=option6:ntp-server,[2001:db8::123]",
      "--dhcp-option=option6:domain-search,example.org,sub.example.org",
    ),
    async (network) => {
      await using operator = new Operator(network);
      expect(await operator.next()).toMatchObject({
        ...{ addresses: ["2001:db8::100"], dns: ["2001:db8::53"], ntp: ["2001:db8::123"] },
        searchDomains: ["example.org", "sub.example.org"],
      });
      expect(operator.logged).toEqual(["near is 2001:db8::100 by DHCPv6"]);
      await operator.end(notNeeded);
      expect(await network.server.says("DHCPRELEASE(far)")).toContain("00:03:00:01:");
    },
  ));

test("a server that only names others is heard", () =>
  withDhcpServer(pool("2001:db8::,ra-stateless"), async (network) => {
    await using operator = new Operator(network);
    expect(await operator.next()).toMatchObject({ addresses: [], dns: ["2001:db8::53"] });
    expect(operator.logged).toEqual([]);
  }));

test("an address that the kernel finds in use is declined, and the next one is used", () =>
  withDhcpServer(pool("2001:db8::100,2001:db8::101,64,2m"), async (network) => {
    const { rtnetlink, outside, link, server } = network;
    {
      await using first = new Operator(network);
      outside.addAddress("far", `${(await first.next())?.addresses[0]}/128`, { flags: AddressFlag.noDad });
      await first.end(notNeeded);
      await server.says("DHCPRELEASE(far)");
    }
    await using operator = new Operator(network);
    const taken = (await operator.next())?.addresses[0];
    doubt("near");
    rtnetlink.addAddress(link.index, `${taken}/128`);
    expect(await operator.next()).toBeUndefined();
    await server.says("DHCPDECLINE(far)");
    expect(operator.logged).toContain("near lost its addresses of DHCPv6: another machine has them as well");
  }));

test("Kea gives an address to a DUID of the owner's", () =>
  withDhcpServer(
    kea(6, "2001:db8::200 - 2001:db8::200", "2001:db8::/64", [{ name: "dns-servers", data: "2001:db8::53" }]),
    async (network) => {
      const identifier = { clientIdentifier: "duid", duidRawHex: "00:04:00:01:02:03:04:05:06:07:08:09" } as const;
      await using operator = new Operator(network, {
        ...spec,
        dhcp6: { routeMetric: 1_024, skipHostnameRequest: true, clientIdentifier: identifier },
      });
      expect(await operator.next()).toMatchObject({ addresses: ["2001:db8::200"], dns: ["2001:db8::53"] });
      expect(await network.server.says("DHCP6_LEASE_ALLOC")).toContain(`duid=[${identifier.duidRawHex}]`);
      await operator.end(notNeeded);
      await network.server.says("DHCP6_RELEASE_NA");
    },
  ));

/** The next event about addresses: what is asked while a server is silent may be answered without one. */
async function nextOf(events: AsyncGenerator<Dhcp6Event, void>): Promise<Dhcp6Event | undefined> {
  while (true) {
    const { value } = await events.next();
    if (value?.kind !== "bound" || value.lease.addresses.length > 0) return value ?? undefined;
  }
}

test("losses, repetitions and delays cost time, and never the address; only a server that stays away does", () =>
  withDhcpServer(pool("2001:db8::100,2001:db8::100,64,2m"), async ({ link, hardwareAddress, server, restart }) => {
    const clock = new FastClock(10);
    const stop = new AbortController();
    using socket = dhcp6Socket(link.index);
    const sockets = { send: (bytes: Uint8Array) => socket.send(bytes), datagrams: socket.datagrams.bind(socket) };
    const transport = unreliable6(sockets, { lossRate: 0.3, repeatRate: 0.3, longestDelayMs: 20, seed: 11 });
    const identity = { clientId: Uint8Array.of(0, 3, 0, 1, ...hardwareAddress), associationId: 1 };
    const events = keepAddresses({ transport, clock, signal: stop.signal, ...identity });
    const next = () => nextOf(events);
    expect(await next()).toMatchObject({ kind: "bound" });
    clock.run(240);
    for (const _ of [1, 2]) expect(await next()).toMatchObject({ kind: "bound" });
    await server.stop();
    expect(await next()).toEqual({ kind: "lost", reason: "expired" });
    clock.run(10);
    await restart();
    expect(await next()).toMatchObject({ kind: "bound", lease: { addresses: ["2001:db8::100"] } });
    stop.abort();
    while (!(await events.next()).done);
  }));

test("at T2 any server may prolong the addresses", () =>
  withDhcpServer(pool("2001:db8::100,2001:db8::100,64,2m"), async ({ link, hardwareAddress, server, restart }) => {
    const clock = new FastClock();
    const stop = new AbortController();
    using transport = dhcp6Socket(link.index);
    const identity = { clientId: Uint8Array.of(0, 3, 0, 1, ...hardwareAddress), associationId: 1 };
    const events = keepAddresses({ transport, clock, signal: stop.signal, ...identity });
    const lease = { addresses: ["2001:db8::100"] };
    expect(await nextOf(events)).toMatchObject({ kind: "bound", lease });
    await server.stop();
    await restart(kea(6, "2001:db8::100 - 2001:db8::100", "2001:db8::/64", []));
    const boundMs = clock.now();
    // Slowly enough that a busy host does not miss the fifteen seconds between T2 and the end.
    clock.run(20);
    expect(await nextOf(events)).toMatchObject({ kind: "bound", lease });
    expect(clock.now() - boundMs).toBeGreaterThan(90_000);
    expect(await server.says("DHCP6_LEASE_RENEW")).toContain("2001:db8::100");
    stop.abort();
    while (!(await events.next()).done);
  }));

test("a document asks for addresses of IPv6, and all that came with them goes with it", () =>
  withDhcpServer(pool("2001:db8::100,2001:db8::100,64,2m"), async ({ rtnetlink, server }) => {
    await using machine = await networkMachine(rtnetlink);
    await configure(machine, `${testConfig()}---\napiVersion: v1alpha1\nkind: DHCPv6Config\nname: near\n`);
    await machine.eventually(OperatorSpec, "configuration/dhcp6/near", () => true, wishes);
    await machine.eventually(AddressSpec, "dhcp6/near/near/2001:db8::100/128", () => true, wishes);
    await machine.eventually(AddressStatus, "near/2001:db8::100/128");
    const { spec: found } = await machine.eventually(ResolverSpec, "dhcp6/near/resolvers", () => true, wishes);
    expect(found).toMatchObject({ dnsServers: ["2001:db8::53"], layer: "operator" });
    await configure(machine, testConfig());
    await machine.eventuallyGone(AddressStatus, "near/2001:db8::100/128");
    await machine.eventuallyGone(ResolverSpec, "dhcp6/near/resolvers", wishes);
    await server.says("DHCPRELEASE(far)");
  }));
