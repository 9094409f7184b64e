import { addressFilterController } from "../controllers/k8s/address-filter.ts";
import { addressEventController } from "../controllers/network/address-event.ts";
import { addressStatusController } from "../controllers/network/address-status.ts";
import { basicNetworkController } from "../controllers/network/basic.ts";
import { networkFilesController } from "../controllers/network/etc-files.ts";
import { hostDnsConfigController } from "../controllers/network/host-dns-config.ts";
import { linkStatusController } from "../controllers/network/link-status.ts";
import { nodeAddressController } from "../controllers/network/node-address.ts";
import { nodeAddressSortAlgorithmController } from "../controllers/network/node-address-sort-algorithm.ts";
import { routeStatusController } from "../controllers/network/route-status.ts";
import { networkStatusController } from "../controllers/network/status.ts";
import { timeServerConfigController } from "../controllers/time/time-server-config.ts";
import { timeServerMergeController } from "../controllers/time/time-server-merge.ts";
import type { Controller } from "../cosi/controller.ts";
import { Rtnetlink } from "../netlink/rtnetlink/rtnetlink.ts";
import type { KernelArguments } from "../platform/kernel-arguments.ts";
import type { Platform } from "../platform/platform.ts";
import type { EventLog } from "./machine.ts";

export interface NetworkControllersHost {
  readonly args: KernelArguments;
  readonly platform: Platform;
  readonly events: EventLog;
}

/** The network: what should be, what is, and what others read of it. */
export function networkControllersOf({ args, platform, events }: NetworkControllersHost): readonly Controller[] {
  const rtnetlink = new Rtnetlink();
  const isOurs = platform.mode !== "container";
  return [
    basicNetworkController({ rtnetlink, hostname: args.last("talos.hostname"), isOurs }),
    linkStatusController(rtnetlink),
    addressStatusController(rtnetlink),
    routeStatusController(rtnetlink),
    addressFilterController(),
    nodeAddressController(),
    nodeAddressSortAlgorithmController(),
    hostDnsConfigController(),
    timeServerConfigController(),
    timeServerMergeController(),
    networkFilesController(),
    addressEventController((value) => events.publish({ kind: "machine.AddressEvent", value })),
    networkStatusController(),
  ];
}
