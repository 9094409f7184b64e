import { expect, test } from "bun:test";
import { testConfig } from "../../../config/testing.ts";
import { runtimeWith, type TestRuntime } from "../../../cosi/testing.ts";
import { eventually } from "../../../grpc/testing/eventually.ts";
import { inNetworkNamespace } from "../../../linux/testing/namespace.ts";
import type { Link } from "../../../netlink/rtnetlink/link.ts";
import { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import { parseKernelArguments } from "../../../platform/kernel-arguments.ts";
import { networkArguments } from "../../../platform/network-arguments.ts";
import { LinkSpec } from "../../../resources/network/link-spec.ts";
import { configure } from "../../testing.ts";
import { linkConfigController } from "../configs.ts";
import { linkMergeController } from "../merges.ts";
import { linkSpecController } from "./link-spec.ts";
import { linkStatusController } from "./link-status.ts";

const cmdline = networkArguments(parseKernelArguments(""));

const withLink = (settings: string) =>
  `${testConfig()}---\napiVersion: v1alpha1\nkind: LinkConfig\nname: near\n${settings}\n`;

/** What becomes of a link that has its settings from nobody but the configuration. */
const onCable = (body: (machine: TestRuntime, near: () => Link | undefined) => Promise<void>) =>
  inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    rtnetlink.createLink({ name: "near", kind: "veth", peerName: "far" });
    for (const name of ["near", "far"]) rtnetlink.setLinkUp(name);
    await using machine = await runtimeWith(
      ...[linkConfigController(cmdline), linkMergeController(), linkStatusController(rtnetlink)],
      linkSpecController({ rtnetlink, loadKind: async () => {} }),
    );
    await body(machine, () => rtnetlink.link("near"));
  });

test("a link that nobody wants down any more comes up again: it may be the way to the machine", () =>
  onCable(async (machine, near) => {
    await configure(machine, withLink("up: false"));
    await eventually(() => near()?.isUp === false);
    await configure(machine, testConfig());
    await machine.eventuallyGone(LinkSpec, "near");
    expect(near()?.isUp).toBe(true);
  }));

test("a link has the MTU again that it had before somebody wanted another", () =>
  onCable(async (machine, near) => {
    await configure(machine, withLink("mtu: 1400"));
    await eventually(() => near()?.mtu === 1_400);
    await configure(machine, withLink("mtu: 1300"));
    await eventually(() => near()?.mtu === 1_300);
    await configure(machine, withLink("up: true"));
    await eventually(() => near()?.mtu === 1_500);
    await configure(machine, withLink("mtu: 1280"));
    await eventually(() => near()?.mtu === 1_280);
    await configure(machine, testConfig());
    await machine.eventuallyGone(LinkSpec, "near");
    expect(near()?.mtu).toBe(1_500);
  }));
