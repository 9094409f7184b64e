import { runtimeWith, type TestRuntime } from "../../../cosi/testing.ts";
import type { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import { parseKernelArguments } from "../../../platform/kernel-arguments.ts";
import { networkArguments } from "../../../platform/network-arguments.ts";
import { addressSpecController } from "../address/address-spec.ts";
import { addressStatusController } from "../address/address-status.ts";
import {
  addressConfigController,
  linkConfigController,
  operatorConfigController,
  routeConfigController,
} from "../configs.ts";
import { linkSpecController } from "../link/link-spec.ts";
import { linkStatusController } from "../link/link-status.ts";
import {
  addressMergeController,
  linkMergeController,
  operatorMergeController,
  routeMergeController,
} from "../merges.ts";
import { operatorSpecController } from "../operator/operator-spec.ts";
import { routeSpecController } from "../route/route-spec.ts";
import { routeStatusController } from "../route/route-status.ts";

/** All that makes the kernel's network out of wishes. */
export function networkMachine(rtnetlink: Rtnetlink, commandLine = ""): Promise<TestRuntime> {
  const cmdline = networkArguments(parseKernelArguments(commandLine));
  return runtimeWith(
    ...[linkConfigController(cmdline), linkMergeController()],
    linkSpecController({ rtnetlink, loadKind: async () => {} }),
    ...[addressConfigController(cmdline), addressMergeController(), addressSpecController(rtnetlink)],
    ...[routeConfigController(cmdline), routeMergeController(), routeSpecController(rtnetlink)],
    ...[operatorConfigController(cmdline), operatorMergeController(), operatorSpecController()],
    ...[linkStatusController(rtnetlink), addressStatusController(rtnetlink), routeStatusController(rtnetlink)],
  );
}
