import { expect, test } from "bun:test";
import { testConfig } from "../../../config/testing.ts";
import { runtimeWith } from "../../../cosi/testing.ts";
import { eventually } from "../../../grpc/testing/eventually.ts";
import { inNetworkNamespace } from "../../../linux/testing/namespace.ts";
import { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import { parseKernelArguments } from "../../../platform/kernel-arguments.ts";
import { networkArguments } from "../../../platform/network-arguments.ts";
import { configure } from "../../testing.ts";
import { addressSpecController } from "../address/address-spec.ts";
import { addressConfigController, linkConfigController, routeConfigController } from "../configs.ts";
import { linkSpecController } from "../link/link-spec.ts";
import { linkStatusController } from "../link/link-status.ts";
import { addressMergeController, linkMergeController, routeMergeController } from "../merges.ts";
import { routeSpecController } from "./route-spec.ts";

const cmdline = networkArguments(parseKernelArguments(""));
const networkWith = (rtnetlink: Rtnetlink) =>
  runtimeWith(
    ...[linkConfigController(cmdline), linkMergeController(), linkStatusController(rtnetlink)],
    linkSpecController({ rtnetlink, loadKind: async () => {} }),
    ...[addressConfigController(cmdline), addressMergeController(), addressSpecController(rtnetlink)],
    ...[routeConfigController(cmdline), routeMergeController(), routeSpecController(rtnetlink)],
  );

/** Two cards in networks with a router each, whose routes out are of the same rank, as two DHCP servers give them. */
const twoRouters = testConfig().replace(
  "    network: {}\n",
  `    network:
        interfaces:
            - { interface: one, addresses: [192.0.2.7/24], routes: [{ gateway: 192.0.2.1 }] }
            - { interface: two, addresses: [198.51.100.7/24], routes: [{ gateway: 198.51.100.1 }] }
`,
);

test("two ways out of the same rank are there side by side, and each goes by itself", () =>
  inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    for (const name of ["one", "two"]) {
      rtnetlink.createLink({ name, kind: "veth", peerName: `${name}-far` });
      rtnetlink.setLinkUp(`${name}-far`);
    }
    const gateways = () =>
      rtnetlink
        .routes()
        .flatMap(({ destination, family, gateway }) => (destination || family !== "inet4" ? [] : [gateway]))
        .toSorted();
    await using machine = await networkWith(rtnetlink);
    await configure(machine, twoRouters);
    await eventually(() => gateways().length === 2);
    expect(gateways()).toEqual(["192.0.2.1", "198.51.100.1"]);
    rtnetlink.removeRoute({ gateway: "192.0.2.1", metric: 1_024 });
    await eventually(() => gateways().length === 2);
    await configure(machine, twoRouters.replace("routes: [{ gateway: 192.0.2.1 }] ", ""));
    await eventually(() => gateways().length === 1);
    expect(gateways()).toEqual(["198.51.100.1"]);
    expect(machine.logged.filter((line) => line.includes("Cannot"))).toEqual([]);
  }));
