import { expect, test } from "bun:test";
import { Resolver } from "node:dns/promises";
import { eventually } from "../../../../test/support/eventually.ts";
import { testConfig } from "../../../config/testing.ts";
import { runtimeWith } from "../../../cosi/testing.ts";
import { inNetworkNamespace } from "../../../linux/testing/namespace.ts";
import { listenUdp } from "../../../net/dns/listener.ts";
import { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import { Member } from "../../../resources/cluster/member.ts";
import { AddressSpec } from "../../../resources/network/address-spec.ts";
import { AddressStatus } from "../../../resources/network/address-status.ts";
import { DNSResolveCache } from "../../../resources/network/dns-resolve-cache.ts";
import { DNSUpstream } from "../../../resources/network/dns-upstream.ts";
import { ResolverStatus } from "../../../resources/network/resolver-status.ts";
import { wishes } from "../../layered.ts";
import { configure } from "../../testing.ts";
import { addressSpecController } from "../address/address-spec.ts";
import { addressStatusController } from "../address/address-status.ts";
import { memberAddresses } from "../address/member-addresses.ts";
import { addressMergeController } from "../merges.ts";
import { dnsResolveCacheController } from "./dns-resolve-cache.ts";
import { dnsUpstreamController } from "./dns-upstream.ts";
import { hostDnsConfigController } from "./host-dns-config.ts";
import { UpstreamHealth } from "./upstream-health.ts";

const quick = { timeoutMs: 15_000, intervalMs: 5 };

const forPods = "169.254.116.108";
const member = (hostname: string, address: string) => ({
  nodeId: hostname,
  addresses: [address],
  hostname,
  machineType: "worker" as const,
  operatingSystem: "",
});

/** A machine with a network of its own, and everything that makes its resolver. */
const withResolver = (body: (machine: Awaited<ReturnType<typeof start>>) => Promise<void>) =>
  inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    rtnetlink.setLinkUp("lo");
    await using machine = await start(rtnetlink);
    await body(machine);
  });

function start(rtnetlink: Rtnetlink) {
  const health = new UpstreamHealth();
  return runtimeWith(
    hostDnsConfigController(),
    addressMergeController(),
    addressSpecController(rtnetlink),
    addressStatusController(rtnetlink),
    dnsUpstreamController(health),
    dnsResolveCacheController(health),
  );
}

const asking = (server: string) => {
  const resolver = new Resolver({ timeout: 3_000, tries: 1 });
  resolver.setServers([server]);
  return resolver;
};

test("the machine and its pods ask the machine's resolver, which knows the cluster's machines", () =>
  withResolver(async (machine) => {
    await configure(
      machine,
      testConfig().replace(/( *)forwardKubeDNSToHost: true\n/, "$&$1resolveMemberNames: true\n"),
    );
    await machine.state.create(Member, "node-7", member("node-7.example.org", "10.0.0.7"));
    for (const id of ["udp-127.0.0.53:53", "tcp-127.0.0.53:53", `udp-${forPods}:53`, `tcp-${forPods}:53`]) {
      await machine.eventually(DNSResolveCache, id, ({ spec }) => spec.status === "running");
    }
    for (const server of ["127.0.0.53", forPods]) {
      expect(await asking(server).resolve4("node-7")).toEqual(["10.0.0.7"]);
      expect(await asking(server).resolve4("node-7.example.org")).toEqual(["10.0.0.7"]);
    }
  }));

test("it ends with the configuration that wanted it, and takes its address along", () =>
  withResolver(async (machine) => {
    await configure(machine, testConfig());
    await machine.eventually(DNSResolveCache, `udp-${forPods}:53`);
    await configure(machine, testConfig().replace("forwardKubeDNSToHost: true", "forwardKubeDNSToHost: false"));
    await machine.eventuallyGone(DNSResolveCache, `udp-${forPods}:53`);
    await machine.eventuallyGone(AddressSpec, `lo/${forPods}/32`);
    expect(await machine.state.list(AddressSpec, wishes)).toEqual([]);
    expect(await machine.state.list(DNSResolveCache)).toHaveLength(2);
  }));

test("a server that falls silent is shown as unhealthy, and as healthy when it answers again", () =>
  withResolver(async (machine) => {
    let speaks = false;
    const refusal = (message: Uint8Array) => Uint8Array.from(message).with(2, 0x81).with(3, 0x85);
    await using _server = await listenUdp({
      address: "127.0.0.9",
      port: 53,
      hops: 1,
      answer: async (message) => (speaks ? { message: refusal(message), payloadBytes: 512 } : undefined),
    });
    await configure(machine, testConfig());
    await machine.state.create(ResolverStatus, "resolvers", { dnsServers: ["127.0.0.9"], searchDomains: [] });
    await machine.eventually(DNSUpstream, "#000 127.0.0.9", ({ spec }) => spec.healthy && spec.addr === "127.0.0.9:53");
    await machine.eventually(DNSResolveCache, "udp-127.0.0.53:53");
    const asked = asking("127.0.0.53")
      .resolve4("a.test")
      .catch((thrown) => thrown.code);
    await machine.state.modify(ResolverStatus, "resolvers", () => ({ dnsServers: ["127.0.0.8"], searchDomains: [] }));
    await machine.eventually(DNSUpstream, "#000 127.0.0.8");
    // Whoever asks the servers hears of them in its own time, and may ask the former one, or none, for a while.
    let names = 0;
    const codeAndHealth = async (server: string) => {
      const answer = asking("127.0.0.53").resolve4(`${names++}.test`);
      const code: string = await answer.then(String, (thrown) => thrown.code);
      return [code, (await machine.state.get(DNSUpstream, `#000 ${server}`))?.spec.healthy];
    };
    const until = (server: string, ...wanted: readonly [string, boolean]) =>
      eventually(
        () => codeAndHealth(server),
        (found) => Bun.deepEquals(found, wanted),
        quick,
      );
    await until("127.0.0.8", "ESERVFAIL", false);
    speaks = true;
    await machine.state.modify(ResolverStatus, "resolvers", () => ({ dnsServers: ["127.0.0.9"], searchDomains: [] }));
    await until("127.0.0.9", "EREFUSED", true);
    await asked;
  }));

test("a machine is found by its whole name, its short one and its node's", () => {
  const find = memberAddresses([
    { id: "node-1", hostname: "a.example.org", addresses: ["10.0.0.1"] },
    { id: "a", hostname: "other", addresses: ["10.0.0.2"] },
  ]);
  expect(["a.example.org", "A.Example.Org", "node-1", "a", "b"].map(find)).toEqual([
    ["10.0.0.1"],
    ["10.0.0.1"],
    ["10.0.0.1"],
    ["10.0.0.2"],
    undefined,
  ]);
});

test("addresses follow their specs, and come back when somebody takes them", () =>
  inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    await using machine = await runtimeWith(
      addressMergeController(),
      addressSpecController(rtnetlink),
      addressStatusController(rtnetlink),
    );
    const { state } = machine;
    const spec = (layer: AddressSpec["layer"]) =>
      ({
        ...{ address: "192.0.2.7/24", linkName: "br0", family: "inet4", scope: "global", flags: 0 },
        layer,
      }) as const;
    await state.create(AddressSpec, "default/br0/192.0.2.7/24", spec("default"), wishes);
    await machine.eventually(AddressSpec, "br0/192.0.2.7/24", ({ metadata }) => metadata.finalizers.length === 1);
    // The link comes later than the wish.
    rtnetlink.createLink({ name: "br0", kind: "bridge" });
    const there = () => rtnetlink.addresses().some(({ prefix }) => prefix === "192.0.2.7/24");
    await machine.eventually(AddressStatus, "br0/192.0.2.7/24");
    rtnetlink.removeAddress("br0", "192.0.2.7/24");
    await eventually(async () => there(), Boolean, quick);
    await machine.eventually(AddressStatus, "br0/192.0.2.7/24");
    await state.create(AddressSpec, "configuration/br0/192.0.2.7/24", spec("configuration"), wishes);
    await machine.eventually(AddressSpec, "br0/192.0.2.7/24", (resource) => resource.spec.layer === "configuration");
    for (const layer of ["default", "configuration"]) {
      await state.teardown(AddressSpec, `${layer}/br0/192.0.2.7/24`, wishes);
      await state.destroy(AddressSpec, `${layer}/br0/192.0.2.7/24`, wishes);
    }
    await machine.eventuallyGone(AddressSpec, "br0/192.0.2.7/24");
    expect(there()).toBe(false);
    await machine.eventuallyGone(AddressStatus, "br0/192.0.2.7/24");
  }));
