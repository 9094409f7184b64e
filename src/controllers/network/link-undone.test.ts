import { expect, test } from "bun:test";
import { testConfig } from "../../config/testing.ts";
import { runtimeWith } from "../../cosi/testing.ts";
import { eventually } from "../../grpc/testing/eventually.ts";
import { inNetworkNamespace } from "../../linux/testing/namespace.ts";
import { Rtnetlink } from "../../netlink/rtnetlink/rtnetlink.ts";
import { parseKernelArguments } from "../../platform/kernel-arguments.ts";
import { networkArguments } from "../../platform/network-arguments.ts";
import { LinkSpec } from "../../resources/network/link-spec.ts";
import { configure } from "../testing.ts";
import { linkConfigController } from "./configs.ts";
import { linkSpecController } from "./link-spec.ts";
import { linkStatusController } from "./link-status.ts";
import { linkMergeController } from "./merges.ts";

const cmdline = networkArguments(parseKernelArguments(""));

test("a link that nobody wants down any more comes up again: it may be the way to the machine", () =>
  inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    rtnetlink.createLink({ name: "near", kind: "veth", peerName: "far" });
    for (const name of ["near", "far"]) rtnetlink.setLinkUp(name);
    await using machine = await runtimeWith(
      ...[linkConfigController(cmdline), linkMergeController(), linkStatusController(rtnetlink)],
      linkSpecController({ rtnetlink, loadKind: async () => {} }),
    );
    await configure(machine, `${testConfig()}---\napiVersion: v1alpha1\nkind: LinkConfig\nname: near\nup: false\n`);
    await eventually(() => rtnetlink.link("near")?.isUp === false);
    await configure(machine, testConfig());
    await machine.eventuallyGone(LinkSpec, "near");
    expect(rtnetlink.link("near")?.isUp).toBe(true);
  }));
