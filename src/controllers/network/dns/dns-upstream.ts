import { defineController } from "../../../cosi/controller.ts";
import { addressWithPort } from "../../../net/address-with-port.ts";
import { dnsPort } from "../../../net/dns/exchange.ts";
import { DNSUpstream } from "../../../resources/network/dns-upstream.ts";
import { HostDNSConfig } from "../../../resources/network/host-dns-config.ts";
import { ResolverStatus } from "../../../resources/network/resolver-status.ts";
import type { UpstreamHealth } from "./upstream-health.ts";

/** Whom our own resolver asks, and whether they answer. */
export const dnsUpstreamController = (health: UpstreamHealth) =>
  defineController({
    name: "network.DNSUpstreamController",
    inputs: [
      { kind: HostDNSConfig, id: "config", strength: "weak" },
      { kind: ResolverStatus, id: "resolvers", strength: "weak" },
    ],
    outputs: [{ kind: DNSUpstream, sharing: "exclusive" }],
    wakeOn: (signal) => health.changes(signal),
    async reconcile(context) {
      const enabled = (await context.get(HostDNSConfig, "config"))?.spec.enabled ?? false;
      const servers = (await context.get(ResolverStatus, "resolvers"))?.spec.dnsServers ?? [];
      const upstreams = servers.map((address) => ({ address, addr: addressWithPort(address, dnsPort) }));
      health.keepOnly(new Set(upstreams.map(({ addr }) => addr)));
      if (!enabled) return;
      for (const [index, { address, addr }] of upstreams.entries()) {
        const id = `#${String(index).padStart(3, "0")} ${address}`;
        await context.put(DNSUpstream, id, { addr, healthy: health.isHealthy(addr) });
      }
    },
  });
