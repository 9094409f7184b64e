import { setServers } from "node:dns";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { hostname as kernelHostname } from "node:os";
import { addressFilterController } from "../controllers/k8s/address-filter.ts";
import { addressEventController } from "../controllers/network/address/address-event.ts";
import { addressSpecController } from "../controllers/network/address/address-spec.ts";
import { addressStatusController } from "../controllers/network/address/address-status.ts";
import { nodeAddressController } from "../controllers/network/address/node-address.ts";
import { nodeAddressSortAlgorithmController } from "../controllers/network/address/node-address-sort-algorithm.ts";
import {
  addressConfigController,
  linkConfigController,
  operatorConfigController,
  routeConfigController,
  vipConfigController,
} from "../controllers/network/configs.ts";
import { deviceConfigController } from "../controllers/network/device-config.ts";
import { dnsResolveCacheController } from "../controllers/network/dns/dns-resolve-cache.ts";
import { dnsUpstreamController } from "../controllers/network/dns/dns-upstream.ts";
import { hostDnsConfigController } from "../controllers/network/dns/host-dns-config.ts";
import { resolverConfigController } from "../controllers/network/dns/resolver-config.ts";
import { resolverSpecController } from "../controllers/network/dns/resolver-spec.ts";
import { UpstreamHealth } from "../controllers/network/dns/upstream-health.ts";
import { ethernetConfigController } from "../controllers/network/ethernet/config.ts";
import { ethernetSpecController } from "../controllers/network/ethernet/spec.ts";
import { ethernetStatusController } from "../controllers/network/ethernet/status.ts";
import { nftablesChainController } from "../controllers/network/firewall/chain.ts";
import { nftablesChainConfigController } from "../controllers/network/firewall/chain-config.ts";
import { hardwareAddressController } from "../controllers/network/link/hardware-address.ts";
import { linkAliasConfigController } from "../controllers/network/link/link-alias-config.ts";
import { linkAliasSpecController } from "../controllers/network/link/link-alias-spec.ts";
import { linkSpecController } from "../controllers/network/link/link-spec.ts";
import { linkStatusController } from "../controllers/network/link/link-status.ts";
import {
  addressMergeController,
  hostnameMergeController,
  linkMergeController,
  operatorMergeController,
  resolverMergeController,
  routeMergeController,
} from "../controllers/network/merges.ts";
import { networkFilesController } from "../controllers/network/name/etc-files.ts";
import { hostnameConfigController } from "../controllers/network/name/hostname-config.ts";
import { hostnameSpecController } from "../controllers/network/name/hostname-spec.ts";
import { operatorSpecController } from "../controllers/network/operator/operator-spec.ts";
import { probeController } from "../controllers/network/probe/probe.ts";
import { probeConfigController } from "../controllers/network/probe/probe-config.ts";
import { routeSpecController } from "../controllers/network/route/route-spec.ts";
import { routeStatusController } from "../controllers/network/route/route-status.ts";
import { networkStatusController } from "../controllers/network/status.ts";
import { timeServerConfigController } from "../controllers/time/time-server-config.ts";
import { timeServerMergeController } from "../controllers/time/time-server-merge.ts";
import { timeServerSpecController } from "../controllers/time/time-server-spec.ts";
import type { Controller } from "../cosi/controller.ts";
import { messageOf } from "../errors/message.ts";
import { durableWrite } from "../files/durable-write.ts";
import { setDomainname, setHostname } from "../linux/hostname.ts";
import { Ethtool } from "../netlink/ethtool/ethtool.ts";
import { Nftables } from "../netlink/nftables/nftables.ts";
import { Rtnetlink } from "../netlink/rtnetlink/rtnetlink.ts";
import type { KernelArguments } from "../platform/kernel-arguments.ts";
import { networkArguments } from "../platform/network-arguments.ts";
import type { Platform } from "../platform/platform.ts";
import { loadNamedModule, type NamedModule } from "./boot/named-module.ts";
import type { EventLog, Log } from "./machine.ts";

export interface NetworkControllersHost {
  readonly log: Log;
  readonly args: KernelArguments;
  readonly platform: Platform;
  readonly events: EventLog;
}

/** The network: what should be, what is, and what others read of it. */
export function networkControllersOf({ log, args, platform, events }: NetworkControllersHost): readonly Controller[] {
  const rtnetlink = new Rtnetlink();
  const isOurs = platform.mode !== "container";
  const cmdline = networkArguments(args);
  const dnsHealth = new UpstreamHealth();
  for (const problem of cmdline.problems) log("warn", problem);
  return [
    linkConfigController(cmdline),
    linkMergeController(),
    linkSpecController({ rtnetlink, loadKind: isOurs ? loadKind : async () => {} }),
    addressConfigController(cmdline, { isOurs }),
    routeConfigController(cmdline),
    routeMergeController(),
    routeSpecController(rtnetlink),
    operatorConfigController(cmdline),
    vipConfigController(cmdline),
    operatorMergeController(),
    operatorSpecController(),
    hostnameConfigController({ cmdline: cmdline.hostname, platform: isOurs ? undefined : kernelHostname() }),
    hostnameMergeController(),
    hostnameSpecController({ setNames: isOurs ? setNames : () => {} }),
    resolverConfigController({ cmdline: cmdline.dnsServers, platform: isOurs ? [] : givenResolvers() }),
    resolverMergeController(),
    resolverSpecController({ setServers: isOurs ? setServers : () => {} }),
    linkStatusController(rtnetlink),
    deviceConfigController(),
    linkAliasConfigController(),
    linkAliasSpecController(rtnetlink),
    ethernetConfigController(),
    ...ethernetControllers(rtnetlink, log),
    hardwareAddressController(),
    addressStatusController(rtnetlink),
    routeStatusController(rtnetlink),
    addressFilterController(),
    nodeAddressController(),
    nftablesChainConfigController(),
    nftablesChainController({
      loadModules: isOurs ? loadFirewall : async () => {},
      openNftables: () => new Nftables(),
    }),
    nodeAddressSortAlgorithmController(),
    addressMergeController(),
    addressSpecController(rtnetlink),
    hostDnsConfigController(),
    dnsUpstreamController(dnsHealth),
    dnsResolveCacheController(dnsHealth),
    timeServerConfigController({ cmdline: cmdline.timeServers }),
    timeServerMergeController(),
    timeServerSpecController(),
    networkFilesController({ writePodResolvConf }),
    addressEventController((value) => events.publish({ kind: "machine.AddressEvent", value })),
    probeConfigController(),
    probeController(),
    networkStatusController(),
  ];
}

/** Nothing of the hardware is known, and nothing can be changed, on a kernel without ethtool. */
function ethernetControllers(rtnetlink: Rtnetlink, log: Log): readonly Controller[] {
  try {
    const ethtool = Ethtool.open();
    return [ethernetSpecController(rtnetlink, ethtool), ethernetStatusController(ethtool)];
  } catch (thrown) {
    log("warn", messageOf(thrown));
    return [];
  }
}

/** What links of a kind need of the kernel; those that are not here need nothing, or are always there. */
const modulesOfKinds: Readonly<Record<string, NamedModule>> = {
  vlan: { name: "8021q", parameters: [] },
  // On its own it makes one that nobody asked for.
  bond: { name: "bonding", parameters: ["max_bonds=0"] },
  bridge: { name: "bridge", parameters: [] },
  dummy: { name: "dummy", parameters: [] },
  wireguard: { name: "wireguard", parameters: [] },
};

async function loadKind(kind: string): Promise<void> {
  const module = modulesOfKinds[kind];
  if (module !== undefined) await loadNamedModule(module);
}

/** What the rules of the firewall are made of, apart from Kubernetes, which may come later. */
async function loadFirewall(): Promise<void> {
  for (const name of ["nf_tables", "nft_ct", "nft_limit"]) await loadNamedModule({ name, parameters: [] });
}

function setNames(hostname: string, domainname: string): void {
  setHostname(hostname);
  // The kernel's domain is NIS's, with a limit of its own; DNS knows ours by /etc/hosts.
  if (domainname.length <= 64) setDomainname(domainname);
}

/** What the runtime of our container wrote, before we write our own. */
function givenResolvers(): readonly string[] {
  const lines = readFileSync("/etc/resolv.conf", "utf8").matchAll(/^nameserver\s+(\S+)/gm);
  return [...lines]
    .map(([, server = ""]) => server)
    .filter((server) => isIP(server) !== 0 && !server.startsWith("127."));
}

/** In a directory of its own: the kubelet has that mounted, and so sees which file is the current one. */
const writePodResolvConf = (contents: string): Promise<void> =>
  durableWrite("/system/resolved/resolv.conf", contents, 0o644);
