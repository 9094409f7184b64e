import { expect, test } from "bun:test";
import { runtimeWith, type TestRuntime } from "../../../cosi/testing.ts";
import { AddressSpec } from "../../../resources/network/address-spec.ts";
import { HostnameSpec } from "../../../resources/network/hostname-spec.ts";
import { HostnameStatus } from "../../../resources/network/hostname-status.ts";
import { OperatorSpec } from "../../../resources/network/operator-spec.ts";
import { RouteSpec } from "../../../resources/network/route-spec.ts";
import { wishes } from "../../layered.ts";
import { linkStatusController } from "../link/link-status.ts";
import { type DhcpNetwork, dnsmasq, withDhcpServer } from "../testing/dhcp-network.ts";
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
