import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runtimeWith } from "../../../cosi/testing.ts";
import { inNetworkNamespace } from "../../../linux/testing/namespace.ts";
import type { Link } from "../../../netlink/rtnetlink/link.ts";
import { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import { LinkStatus } from "../../../resources/network/link-status.ts";
import { LinkHardware } from "./link-hardware.ts";
import { linkStatusController } from "./link-status.ts";

const inNetwork = (body: (rtnetlink: Rtnetlink) => Promise<void>) =>
  inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    rtnetlink.createLink({ name: "near", kind: "veth", peerName: "far" });
    await body(rtnetlink);
  });

test("a link shows its carrier, its speed and what drives it, and follows the cable", () =>
  inNetwork(async (rtnetlink) => {
    await using machine = await runtimeWith(linkStatusController(rtnetlink));
    const { spec } = await machine.eventually(LinkStatus, "near");
    expect(spec).toMatchObject({
      ...{ kind: "veth", linkState: false, speedMbit: 10_000, port: "TwistedPair", duplex: "Full", driver: "veth" },
      driverVersion: "1.0",
    });
    expect(spec.busPath).toBeUndefined();
    rtnetlink.setLinkUp("near");
    rtnetlink.setLinkUp("far");
    await machine.eventually(LinkStatus, "near", (link) => link.spec.linkState && link.spec.operationalState === "up");
    rtnetlink.setLinkUp("far", false);
    await machine.eventually(LinkStatus, "near", (link) => !link.spec.linkState);
    expect(await machine.eventually(LinkStatus, "lo")).toMatchObject({
      spec: { type: "loopback", port: "Other", duplex: "Unknown" },
    });
  }));

test("a link shows its alias, and is gone when the kernel has it no more", () =>
  inNetwork(async (rtnetlink) => {
    // The kernel tells of an alias only while the link is up.
    rtnetlink.setLinkUp("near");
    await using machine = await runtimeWith(linkStatusController(rtnetlink));
    rtnetlink.setLink("near", { alias: "uplink" });
    await machine.eventually(LinkStatus, "near", ({ spec }) => spec.alias === "uplink");
    rtnetlink.setLink("near", { alias: "" });
    await machine.eventually(LinkStatus, "near", ({ spec }) => spec.alias === undefined);
    rtnetlink.deleteLink("far");
    await machine.eventuallyGone(LinkStatus, "near");
    expect(machine.logged).toEqual([]);
  }));

test("hardware is where its bus says, by the numbers of its maker", () =>
  inNetwork(async (rtnetlink) => {
    const sys = mkdtempSync(join(tmpdir(), "sys-"));
    mkdirSync(join(sys, "class/net/near/device"), { recursive: true });
    writeFileSync(
      join(sys, "class/net/near/device/uevent"),
      "DRIVER=e1000\nPCI_ID=8086:100E\nPCI_SLOT_NAME=0000:00:02.0\n",
    );
    using hardware = new LinkHardware(sys);
    const near = rtnetlink.link("near") as Link;
    const [made, real] = [near, { ...near, kind: undefined, index: 77 }].map(
      (link) => hardware.read([link]).get(link.index)?.[0].facts,
    );
    expect(made).toMatchObject({ driver: "veth" });
    expect(real).toMatchObject({ driver: "e1000", pciID: "8086:100E", busPath: "0000:00:02.0", linkState: false });
    rmSync(sys, { recursive: true });
  }));
