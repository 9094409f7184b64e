import { setServers } from "node:dns";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { hostname as kernelHostname } from "node:os";
import { replaceContent } from "../controllers/files/replace-content.ts";
import { addressFilterController } from "../controllers/k8s/address-filter.ts";
import { addressEventController } from "../controllers/network/address-event.ts";
import { addressSpecController } from "../controllers/network/address-spec.ts";
import { addressStatusController } from "../controllers/network/address-status.ts";
import { basicNetworkController } from "../controllers/network/basic.ts";
import { dnsResolveCacheController } from "../controllers/network/dns-resolve-cache.ts";
import { dnsUpstreamController } from "../controllers/network/dns-upstream.ts";
import { networkFilesController } from "../controllers/network/etc-files.ts";
import { hostDnsConfigController } from "../controllers/network/host-dns-config.ts";
import { hostnameConfigController } from "../controllers/network/hostname-config.ts";
import { hostnameSpecController } from "../controllers/network/hostname-spec.ts";
import { linkStatusController } from "../controllers/network/link-status.ts";
import {
  addressMergeController,
  hostnameMergeController,
  resolverMergeController,
} from "../controllers/network/merges.ts";
import { nodeAddressController } from "../controllers/network/node-address.ts";
import { nodeAddressSortAlgorithmController } from "../controllers/network/node-address-sort-algorithm.ts";
import { resolverConfigController } from "../controllers/network/resolver-config.ts";
import { resolverSpecController } from "../controllers/network/resolver-spec.ts";
import { routeStatusController } from "../controllers/network/route-status.ts";
import { networkStatusController } from "../controllers/network/status.ts";
import { UpstreamHealth } from "../controllers/network/upstream-health.ts";
import { timeServerConfigController } from "../controllers/time/time-server-config.ts";
import { timeServerMergeController } from "../controllers/time/time-server-merge.ts";
import { timeServerSpecController } from "../controllers/time/time-server-spec.ts";
import type { Controller } from "../cosi/controller.ts";
import { setDomainname, setHostname } from "../linux/hostname.ts";
import { Rtnetlink } from "../netlink/rtnetlink/rtnetlink.ts";
import type { KernelArguments } from "../platform/kernel-arguments.ts";
import { networkArguments } from "../platform/network-arguments.ts";
import type { Platform } from "../platform/platform.ts";
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
    basicNetworkController({ rtnetlink, isOurs }),
    hostnameConfigController({ cmdline: cmdline.hostname, platform: isOurs ? undefined : kernelHostname() }),
    hostnameMergeController(),
    hostnameSpecController({ setNames: isOurs ? setNames : () => {} }),
    resolverConfigController({ cmdline: cmdline.dnsServers, platform: isOurs ? [] : givenResolvers() }),
    resolverMergeController(),
    resolverSpecController({ setServers: isOurs ? setServers : () => {} }),
    linkStatusController(rtnetlink),
    addressStatusController(rtnetlink),
    routeStatusController(rtnetlink),
    addressFilterController(),
    nodeAddressController(),
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
    networkStatusController(),
  ];
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

/** In a directory of its own: the kubelet has it mounted. */
function writePodResolvConf(contents: Uint8Array): void {
  replaceContent("/system/resolved/resolv.conf", contents, 0o644);
}
