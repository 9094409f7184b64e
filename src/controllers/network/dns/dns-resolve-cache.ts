import { defineController } from "../../../cosi/controller.ts";
import { addressWithPort, splitAddressAndPort } from "../../../net/address-with-port.ts";
import { Member } from "../../../resources/cluster/member.ts";
import { AddressStatus } from "../../../resources/network/address-status.ts";
import { DNSResolveCache } from "../../../resources/network/dns-resolve-cache.ts";
import { DNSUpstream } from "../../../resources/network/dns-upstream.ts";
import { HostDNSConfig } from "../../../resources/network/host-dns-config.ts";
import { memberAddresses } from "../address/member-addresses.ts";
import { HostDns } from "./host-dns.ts";
import type { UpstreamHealth } from "./upstream-health.ts";

const retryMs = 10_000;

/** Runs the machine's own resolver: on which addresses, whom it asks, and whether it knows the cluster's machines. */
export const dnsResolveCacheController = (health: UpstreamHealth) => {
  let addressesOf: (name: string) => readonly string[] | undefined = () => undefined;
  let told = "";
  let resolver: HostDns | undefined;
  return defineController({
    name: "network.DNSResolveCacheController",
    inputs: [
      { kind: HostDNSConfig, id: "config", strength: "weak" },
      { kind: DNSUpstream, strength: "weak" },
      { kind: Member, strength: "weak" },
      // The address for pods is not there before the link has it.
      { kind: AddressStatus, strength: "weak" },
    ],
    outputs: [{ kind: DNSResolveCache, sharing: "exclusive" }],
    async reconcile(context) {
      const config = (await context.get(HostDNSConfig, "config"))?.spec;
      const members = (await context.list(Member)).map(({ metadata, spec }) => ({ ...spec, id: metadata.id }));
      addressesOf = config?.resolveMemberNames ? memberAddresses(members) : () => undefined;
      if (resolver === undefined) {
        const own = new HostDns({
          addressesOf: (name) => addressesOf(name),
          onHealth: ({ address, port }, healthy) => health.note(addressWithPort(address, port), healthy),
          log: (message) => context.log("debug", message),
        });
        context.signal.addEventListener("abort", () => void own.listenOn([]), { once: true });
        resolver = own;
      }
      const upstreams = (await context.list(DNSUpstream)).map(({ metadata, spec }) => ({ ...spec, id: metadata.id }));
      resolver.forwarder.servers = upstreams
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .map(({ addr }) => splitAddressAndPort(addr));
      const { listenAddresses = [], enabled } = config ?? { enabled: false };
      const local = new Set((await context.list(AddressStatus)).map(({ spec }) => spec.address.replace(/\/.*/, "")));
      const there = listenAddresses.filter((address) => address.startsWith("127.") || local.has(hostOf(address)));
      const { running, problems } = await resolver.listenOn(enabled ? there : []);
      for (const id of running) await context.put(DNSResolveCache, id, { status: "running" });
      const text = problems.join("\n");
      if (text !== told) for (const problem of problems) context.log("warn", problem);
      told = text;
      if (problems.length > 0) context.requeueAfter(retryMs);
    },
  });
};

const hostOf = (listenAddress: string): string => splitAddressAndPort(listenAddress).address;
