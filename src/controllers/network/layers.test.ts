import { expect, test } from "bun:test";
import { testConfig } from "../../config/testing.ts";
import { eventually } from "../../grpc/testing/eventually.ts";
import { inNetworkNamespace } from "../../linux/testing/namespace.ts";
import { Rtnetlink } from "../../netlink/rtnetlink/rtnetlink.ts";
import { AddressSpec } from "../../resources/network/address-spec.ts";
import { AddressStatus } from "../../resources/network/address-status.ts";
import { HostnameSpec } from "../../resources/network/hostname-spec.ts";
import { LinkSpec } from "../../resources/network/link-spec.ts";
import { LinkStatus } from "../../resources/network/link-status.ts";
import { OperatorSpec } from "../../resources/network/operator-spec.ts";
import { ResolverSpec } from "../../resources/network/resolver-spec.ts";
import { RouteSpec } from "../../resources/network/route-spec.ts";
import { RouteStatus } from "../../resources/network/route-status.ts";
import { wishes } from "../layered.ts";
import { configure } from "../testing.ts";
import { dnsmasq, withDhcpServer } from "./testing/dhcp-network.ts";
import { networkMachine } from "./testing/network-machine.ts";

const withInterfaces = (yaml: string) =>
  testConfig().replace("    network: {}\n", `    network:\n        interfaces:\n${yaml}`);

const bridged = withInterfaces(`            - interface: br9
              bridge: { interfaces: [near] }
              addresses: [192.0.2.7/24, "2001:db8::7/64"]
              mtu: 1400
              routes:
                - { network: 198.51.100.0/24, gateway: 192.0.2.1, metric: 50 }
                - { gateway: 192.0.2.254 }
`);

test("links, addresses and routes of the configuration come, stay and go", () =>
  inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    rtnetlink.createLink({ name: "near", kind: "veth", peerName: "far" });
    rtnetlink.setLinkUp("far");
    await using machine = await networkMachine(rtnetlink);
    await configure(machine, bridged);
    await machine.eventually(RouteStatus, "inet4/192.0.2.1/198.51.100.0/24/50");
    await machine.eventually(RouteStatus, "inet4/192.0.2.254//1024", ({ spec }) => spec.outLinkName === "br9");
    await machine.eventually(AddressStatus, "br9/2001:db8::7/64");
    await machine.eventually(LinkStatus, "br9", ({ spec }) => spec.linkState && spec.mtu === 1_400);
    expect(rtnetlink.link("near")).toMatchObject({ isUp: true, masterIndex: rtnetlink.link("br9")?.index });

    // What somebody else takes away, comes back.
    rtnetlink.removeRoute({ destination: "198.51.100.0/24", gateway: "192.0.2.1", metric: 50 });
    rtnetlink.removeAddress("br9", "2001:db8::7/64");
    const routes = () => rtnetlink.routes().map(({ destination }) => destination);
    await eventually(() => routes().includes("198.51.100.0/24"));
    await eventually(() => rtnetlink.addresses().some(({ prefix }) => prefix === "2001:db8::7/64"));

    await configure(machine, bridged.replace("[near] }", "[near], stp: { enabled: true } }"));
    await machine.eventually(LinkStatus, "br9", ({ spec }) => spec.bridgeMaster?.stp?.enabled === true);

    await configure(machine, testConfig());
    await machine.eventuallyGone(LinkStatus, "br9");
    await machine.eventuallyGone(RouteSpec, "inet4/192.0.2.254//1024");
    for (const address of ["192.0.2.7/24", "2001:db8::7/64"])
      await machine.eventuallyGone(AddressSpec, `br9/${address}`);
    for (const link of ["br9", "near"]) await machine.eventuallyGone(LinkSpec, link);
    expect((await machine.state.list(AddressSpec)).map(({ metadata }) => metadata.id)).toEqual(["lo/127.0.0.1/8"]);
    expect((await machine.state.list(LinkSpec)).map(({ metadata }) => metadata.id)).toEqual(["lo"]);
    expect(rtnetlink.link("near")?.masterIndex).toBe(0);
    expect(machine.logged.filter((line) => line.includes("Cannot"))).toEqual([]);
  }));

test("the command line's address and gateway come by ip=, and the configuration can ignore the link", () =>
  inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    rtnetlink.createLink({ name: "near", kind: "veth", peerName: "far" });
    rtnetlink.setLinkUp("far");
    await using machine = await networkMachine(rtnetlink, "ip=192.0.2.9::192.0.2.1:255.255.255.0::near");
    await machine.eventually(AddressStatus, "near/192.0.2.9/24");
    await machine.eventually(RouteStatus, "inet4/192.0.2.1//1024", ({ spec }) => spec.protocol === "boot");
    await machine.eventually(AddressSpec, "cmdline/near/192.0.2.9/24", () => true, wishes);
    await configure(machine, withInterfaces("            - { interface: near, ignore: true }\n"));
    await machine.eventuallyGone(AddressStatus, "near/192.0.2.9/24");
    await machine.eventuallyGone(RouteSpec, "inet4/192.0.2.1//1024");
  }));

const given = [
  ...["--domain=example.org", "--dhcp-range=192.0.2.50,192.0.2.50,1h", "--dhcp-option=option:dns-server,192.0.2.53"],
  ...["--dhcp-option=option:mtu,1420", "--dhcp-option=option:domain-name,example.org", "--dhcp-option=12,leased"],
];

test("a real DHCP server configures a link, and everything it gave goes with the wish for it", () =>
  withDhcpServer(dnsmasq("DHCP, IP range", ...given), async ({ rtnetlink, outside }) => {
    await using machine = await networkMachine(rtnetlink);
    const dhcp = "            - { interface: near, dhcp: true, dhcpOptions: { routeMetric: 77 } }\n";
    await configure(machine, withInterfaces(dhcp));
    await machine.eventually(OperatorSpec, "dhcp4/near");
    await machine.eventually(AddressStatus, "near/192.0.2.50/24");
    const { spec } = await machine.eventually(RouteStatus, "inet4/192.0.2.1//77");
    expect(spec).toMatchObject({ src: "192.0.2.50", outLinkName: "near" });
    // Two leases of one network have an order too.
    await machine.eventually(RouteStatus, "inet4//192.0.2.0/24/77");
    await machine.eventually(LinkStatus, "near", (link) => link.spec.mtu === 1_420);
    const name = await machine.eventually(HostnameSpec, "dhcp4/near/hostname", () => true, wishes);
    expect(name.spec).toMatchObject({ hostname: "leased", domainname: "example.org", layer: "operator" });
    const servers = await machine.eventually(ResolverSpec, "dhcp4/near/resolvers", () => true, wishes);
    expect(servers.spec.dnsServers).toEqual(["192.0.2.53"]);

    // Without its link there is no lease; with it there is again.
    outside.setLinkUp("far", false);
    await machine.eventuallyGone(AddressSpec, "near/192.0.2.50/24");
    outside.setLinkUp("far");
    await machine.eventually(AddressStatus, "near/192.0.2.50/24");

    await configure(machine, testConfig());
    await machine.eventuallyGone(AddressStatus, "near/192.0.2.50/24");
    await machine.eventuallyGone(HostnameSpec, "dhcp4/near/hostname", wishes);
  }));
