import { expect, test } from "bun:test";
import { runtimeWith, type TestRuntime } from "../../../cosi/testing.ts";
import { AddressSpec } from "../../../resources/network/address-spec.ts";
import { HostnameSpec } from "../../../resources/network/hostname-spec.ts";
import { HostnameStatus } from "../../../resources/network/hostname-status.ts";
import { LinkSpec } from "../../../resources/network/link-spec.ts";
import { OperatorSpec } from "../../../resources/network/operator-spec.ts";
import { ResolverSpec } from "../../../resources/network/resolver-spec.ts";
import { RouteSpec } from "../../../resources/network/route-spec.ts";
import { TimeServerSpec } from "../../../resources/network/time-server-spec.ts";
import { wishes } from "../../layered.ts";
import { linkStatusController } from "../link/link-status.ts";
import { type DhcpNetwork, dnsmasq, kea, withDhcpServer } from "../testing/dhcp-network.ts";
import { operatorSpecController } from "./operator-spec.ts";

const address = "192.0.2.100/24";
const leased = "dhcp4/near/near/192.0.2.100/24";
const range = ["--dhcp-range=192.0.2.100,192.0.2.100,255.255.255.0,2m", "--dhcp-option=option:router,192.0.2.1"];

const asking = (routeMetric: number): OperatorSpec => ({
  ...{ operator: "dhcp4", linkName: "near", requireUp: true, layer: "configuration" },
  dhcp4: { routeMetric, skipHostnameRequest: false, clientIdentifier: { clientIdentifier: "mac" } },
});

/** A machine that asks a real server, whose lease is taken as soon as it is there. */
const withOperator = (flags: readonly string[], body: (machine: TestRuntime, network: DhcpNetwork) => Promise<void>) =>
  withDhcpServer(dnsmasq("DHCP, IP range", ...range, ...flags), async (network) => {
    await using machine = await runtimeWith(linkStatusController(network.rtnetlink), operatorSpecController());
    await machine.state.create(OperatorSpec, "dhcp4/near", asking(1_024));
    await machine.eventually(AddressSpec, leased, () => true, wishes);
    network.rtnetlink.addAddress("near", address);
    await body(machine, network);
  });

test("whoever remembers another station under the leased address is told that it is here now", () =>
  withDhcpServer(dnsmasq("DHCP, IP range", ...range), async ({ link, rtnetlink, outside, there }) => {
    const entry = ["192.0.2.100", "lladdr", "02:00:00:00:00:01", "dev", "far", "nud", "reachable"];
    expect(there(() => Bun.spawnSync(["ip", "neighbour", "add", ...entry]).exitCode)).toBe(0);
    const enough = new AbortController();
    const changes = there(() => outside.changes(["neighbour"], enough.signal));
    const told = () => outside.neighbours().find(({ address: of }) => of === "192.0.2.100")?.hardwareAddress;
    expect(told()).toBe("02:00:00:00:00:01");
    await using machine = await runtimeWith(linkStatusController(rtnetlink), operatorSpecController());
    await machine.state.create(OperatorSpec, "dhcp4/near", asking(1_024));
    for await (const _ of changes) if (told() === link.hardwareAddr) break;
    enough.abort();
  }));

test("another metric changes the routes, and asks nobody", () =>
  withOperator([], async (machine, { server }) => {
    await machine.eventually(RouteSpec, "dhcp4/near/inet4/192.0.2.1//1024", () => true, wishes);
    await server.says("DHCPACK");
    server.forget();
    await machine.state.modify(OperatorSpec, "dhcp4/near", () => asking(77));
    await machine.eventually(RouteSpec, "dhcp4/near/inet4/192.0.2.1//77", () => true, wishes);
    await machine.eventually(AddressSpec, leased, ({ spec }) => spec.priority === 77, wishes);
    await machine.state.teardown(OperatorSpec, "dhcp4/near");
    expect(await server.says("DHCP")).toContain("DHCPRELEASE(far) 192.0.2.100");
    await machine.eventuallyGone(AddressSpec, leased, wishes);
  }));

test("a link that comes back asks for the address it had", () =>
  withOperator([], async (machine, { server, outside }) => {
    await server.says("DHCPACK");
    outside.setLinkUp("far", false);
    await machine.eventuallyGone(AddressSpec, leased, wishes);
    server.forget();
    outside.setLinkUp("far");
    await machine.eventually(AddressSpec, leased, () => true, wishes);
    expect(await server.says("DHCP")).toContain("DHCPREQUEST(far) 192.0.2.100");
  }));

test("the server is told the machine's name, but not one that is its own", () =>
  withOperator(["--dhcp-option=12,leased"], async (machine, { server }) => {
    const { spec } = await machine.eventually(HostnameSpec, "dhcp4/near/hostname", () => true, wishes);
    expect(spec.hostname).toBe("leased");
    await server.says("DHCPACK");
    server.forget();
    await machine.state.create(HostnameStatus, "hostname", { hostname: "leased", domainname: "" });
    await machine.state.modify(HostnameStatus, "hostname", () => ({ hostname: "node-7", domainname: "" }));
    expect(await server.says("DHCPACK")).toEndWith("node-7");
    // That the server knows our name makes it no name of the server's.
    await machine.eventually(HostnameSpec, "dhcp4/near/hostname", (now) => now.spec.hostname === "leased", wishes);
  }));

test("all that comes with a lease is asked for, and goes with it", () =>
  withOperator(
    [
      ...["option:mtu,1400", "option:ntp-server,192.0.2.123", "option:dns-server,192.0.2.53"],
      ...["option:domain-search,example.org", "option:classless-static-route,10.0.0.0/8,192.0.2.9"],
    ].map((option) => `--dhcp-option=${option}`),
    async (machine) => {
      const { spec: link } = await machine.eventually(LinkSpec, "dhcp4/near/near", () => true, wishes);
      expect(link).toMatchObject({ name: "near", mtu: 1_400, layer: "operator" });
      const route = "dhcp4/near/inet4/192.0.2.9/10.0.0.0/8/1024";
      await machine.eventually(RouteSpec, route, () => true, wishes);
      // With routes of their own, networks of today leave the router out: RFC 3442.
      const routes = await machine.state.list(RouteSpec, wishes);
      expect(routes.map(({ metadata }) => metadata.id)).toEqual([route]);
      const { spec: resolvers } = await machine.eventually(ResolverSpec, "dhcp4/near/resolvers", () => true, wishes);
      expect(resolvers).toMatchObject({ dnsServers: ["192.0.2.53"], searchDomains: ["example.org"] });
      const { spec: clocks } = await machine.eventually(TimeServerSpec, "dhcp4/near/timeservers", () => true, wishes);
      expect(clocks).toMatchObject({ timeServers: ["192.0.2.123"], layer: "operator" });
      await machine.state.teardown(OperatorSpec, "dhcp4/near");
      await machine.eventuallyGone(LinkSpec, "dhcp4/near/near", wishes);
      await machine.eventuallyGone(RouteSpec, route, wishes);
      await machine.eventuallyGone(ResolverSpec, "dhcp4/near/resolvers", wishes);
      await machine.eventuallyGone(TimeServerSpec, "dhcp4/near/timeservers", wishes);
    },
  ));

const identifiers = [
  [{ clientIdentifier: "mac" }, (hardware: string) => `cid=[01:${hardware}]`],
  [{ clientIdentifier: "duid", duidRawHex: "0001aabb" }, () => "cid=[00:01:aa:bb]"],
  [{ clientIdentifier: "none" }, () => "cid=[no info]"],
] as const;

test("a server knows the machine by what the configuration says", () =>
  withDhcpServer(kea(4, "192.0.2.100 - 192.0.2.100", "192.0.2.0/24", []), async ({ server, link, rtnetlink }) => {
    await using machine = await runtimeWith(linkStatusController(rtnetlink), operatorSpecController());
    for (const [clientIdentifier, shown] of identifiers) {
      server.forget();
      const dhcp4 = { routeMetric: 1_024, skipHostnameRequest: false, clientIdentifier };
      await machine.state.create(OperatorSpec, "dhcp4/near", { ...asking(1_024), dhcp4 });
      expect(await server.says("DHCP4_LEASE_ALLOC")).toContain(shown(link.hardwareAddr));
      await machine.eventually(AddressSpec, leased, () => true, wishes);
      await machine.state.teardown(OperatorSpec, "dhcp4/near");
      await server.says("DHCP4_RELEASE ");
      await machine.eventuallyGone(AddressSpec, leased, wishes);
      await machine.state.destroy(OperatorSpec, "dhcp4/near");
    }
  }));

test("a name that is not wanted is not asked for", () =>
  withDhcpServer(
    dnsmasq("DHCP, IP range", ...range, "--dhcp-option=12,leased", "--domain=example.org", "--log-dhcp"),
    async ({ server, rtnetlink }) => {
      await using machine = await runtimeWith(linkStatusController(rtnetlink), operatorSpecController());
      const identifier = { clientIdentifier: { clientIdentifier: "mac" } } as const;
      const dhcp4 = { routeMetric: 1_024, skipHostnameRequest: true, ...identifier };
      await machine.state.create(OperatorSpec, "dhcp4/near", { ...asking(1_024), dhcp4 });
      await machine.eventually(AddressSpec, leased, () => true, wishes);
      await server.says("requested options: 1:netmask");
      expect(server.hasSaid("12:hostname")).toBe(false);
      expect(await machine.state.list(HostnameSpec, wishes)).toEqual([]);
    },
  ));
