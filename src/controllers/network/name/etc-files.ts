import { extraHosts } from "../../../config/index.ts";
import { defineController } from "../../../cosi/controller.ts";
import { EtcFileSpec } from "../../../resources/files/etc-file-spec.ts";
import { HostDNSConfig } from "../../../resources/network/host-dns-config.ts";
import { HostnameStatus } from "../../../resources/network/hostname-status.ts";
import { NodeAddress } from "../../../resources/network/node-address.ts";
import { ResolverStatus } from "../../../resources/network/resolver-status.ts";
import { activeConfig, activeConfigInput } from "../../active-config.ts";

const file = { mode: 0o644, selinux_label: "" } as const;
const bytes = (text: string) => new TextEncoder().encode(text);

/** Where our own resolver answers the machine's programs. */
const ourResolver = "127.0.0.53";

export interface NetworkFilesOptions {
  /** Replaces the resolv.conf that the kubelet gives to pods, as a whole; only called with another one. */
  readonly writePodResolvConf: (contents: string) => Promise<void>;
}

/** Writes what the C library reads of the network: /etc/hosts and /etc/resolv.conf, and the latter's form for pods. */
export const networkFilesController = ({ writePodResolvConf }: NetworkFilesOptions) => {
  let ofPods = "";
  return defineController({
    name: "network.EtcFileController",
    inputs: [
      activeConfigInput,
      { kind: HostnameStatus, strength: "weak" },
      { kind: NodeAddress, id: "default", strength: "weak" },
      { kind: ResolverStatus, strength: "weak" },
      { kind: HostDNSConfig, id: "config", strength: "weak" },
    ],
    outputs: [{ kind: EtcFileSpec, sharing: "shared" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      const hostname = (await context.get(HostnameStatus, "hostname"))?.spec;
      const address = (await context.get(NodeAddress, "default"))?.spec.addresses[0];
      const resolvers = (await context.get(ResolverStatus, "resolvers"))?.spec;
      const hostDns = (await context.get(HostDNSConfig, "config"))?.spec;
      if (hostname !== undefined) {
        const contents = bytes(hostsOf(hostname, address, config === undefined ? [] : extraHosts(config)));
        await context.put(EtcFileSpec, "hosts", { contents, ...file });
      }
      if (resolvers !== undefined && hostDns !== undefined) {
        const { dnsServers, searchDomains } = resolvers;
        const own = hostDns.enabled ? [ourResolver] : dnsServers;
        await context.put(EtcFileSpec, "resolv.conf", { contents: bytes(resolvConfOf(own, searchDomains)), ...file });
        const { serviceHostDNSAddress = "" } = hostDns;
        // 127.0.0.53 would be the pod itself: without an address for pods they ask whom the machine asks.
        const forPods = hostDns.enabled && serviceHostDNSAddress !== "" ? [serviceHostDNSAddress] : dnsServers;
        const wanted = resolvConfOf(forPods, searchDomains);
        if (wanted !== ofPods) await writePodResolvConf(wanted);
        ofPods = wanted;
      }
    },
  });
};

/** hosts(5): ourselves by every name, then what the configuration adds, sorted by address. */
export function hostsOf(
  { hostname, domainname }: HostnameStatus,
  prefix: string | undefined,
  extra: ReturnType<typeof extraHosts> = [],
): string {
  const fqdn = domainname === "" ? "" : `${hostname}.${domainname} `;
  const self = prefix === undefined ? [] : [`${prefix.replace(/\/.*/, "")} ${fqdn}${hostname}`];
  const names = new Map<string, string[]>();
  for (const entry of extra) names.set(entry.address, [...(names.get(entry.address) ?? []), ...entry.names]);
  const lines = [
    "127.0.0.1 localhost",
    ...self,
    "::1 localhost ip6-localhost ip6-loopback",
    "ff02::1 ip6-allnodes",
    "ff02::2 ip6-allrouters",
    ...[...names].sort(([a], [b]) => (a < b ? -1 : 1)).map(([address, own]) => `${address} ${own.join(" ")}`),
  ];
  return `${lines.join("\n")}\n`;
}

/** resolv.conf(5) knows three servers; more are ignored. */
export function resolvConfOf(dnsServers: readonly string[], searchDomains: readonly string[]): string {
  const search = searchDomains.length > 0 ? [`search ${searchDomains.join(" ")}`] : [];
  return [...dnsServers.slice(0, 3).map((server) => `nameserver ${server}`), ...search, ""].join("\n");
}
