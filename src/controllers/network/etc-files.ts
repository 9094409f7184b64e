import { defineController } from "../../cosi/controller.ts";
import { EtcFileSpec } from "../../resources/files/etc-file-spec.ts";
import { HostnameStatus } from "../../resources/network/hostname-status.ts";
import { NodeAddress } from "../../resources/network/node-address.ts";
import { ResolverStatus } from "../../resources/network/resolver-status.ts";

const file = { mode: 0o644, selinux_label: "" } as const;
const bytes = (text: string) => new TextEncoder().encode(text);

/** Writes what the C library reads of the network: /etc/hosts and /etc/resolv.conf. */
export const networkFilesController = () =>
  defineController({
    name: "network.EtcFileController",
    inputs: [
      { kind: HostnameStatus, strength: "weak" },
      { kind: NodeAddress, id: "default", strength: "weak" },
      { kind: ResolverStatus, strength: "weak" },
    ],
    outputs: [{ kind: EtcFileSpec, sharing: "shared" }],
    async reconcile(context) {
      const hostname = (await context.get(HostnameStatus, "hostname"))?.spec;
      const address = (await context.get(NodeAddress, "default"))?.spec.addresses[0];
      const resolvers = (await context.get(ResolverStatus, "resolvers"))?.spec;
      if (hostname !== undefined) {
        await context.put(EtcFileSpec, "hosts", { contents: bytes(hostsOf(hostname, address)), ...file });
      }
      if (resolvers !== undefined) {
        await context.put(EtcFileSpec, "resolv.conf", { contents: bytes(resolvConfOf(resolvers)), ...file });
      }
    },
  });

/** hosts(5): ourselves by every name. */
export function hostsOf({ hostname, domainname }: HostnameStatus, prefix: string | undefined): string {
  const fqdn = domainname === "" ? "" : `${hostname}.${domainname} `;
  const self = prefix === undefined ? [] : [`${prefix.replace(/\/.*/, "")} ${fqdn}${hostname}`];
  const lines = [
    "127.0.0.1 localhost",
    ...self,
    "::1 localhost ip6-localhost ip6-loopback",
    "ff02::1 ip6-allnodes",
    "ff02::2 ip6-allrouters",
  ];
  return `${lines.join("\n")}\n`;
}

/** resolv.conf(5) knows three servers; more are ignored. */
export function resolvConfOf({ dnsServers, searchDomains }: ResolverStatus): string {
  const search = searchDomains.length > 0 ? [`search ${searchDomains.join(" ")}`] : [];
  return [...dnsServers.slice(0, 3).map((server) => `nameserver ${server}`), ...search, ""].join("\n");
}
