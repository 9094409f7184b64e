import { expect, test } from "bun:test";
import { runtimeWith } from "../../../cosi/testing.ts";
import { eventually } from "../../../grpc/testing/eventually.ts";
import { inNetworkNamespace } from "../../../linux/testing/namespace.ts";
import { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import { withLinkApart } from "../../../netlink/testing/link-apart.ts";
import { AddressSpec } from "../../../resources/network/address-spec.ts";
import { AddressStatus } from "../../../resources/network/address-status.ts";
import { addressSpec } from "../wanted/specs.ts";
import { addressSpecController } from "./address-spec.ts";
import { addressStatusController } from "./address-status.ts";

/** A veth whose far end, in a network of its own, has these addresses. */
const withNeighbour = (addresses: readonly string[], body: (near: Rtnetlink, far: Rtnetlink) => Promise<void>) =>
  inNetworkNamespace(async () => {
    using far = new Rtnetlink();
    far.createLink({ name: "near", kind: "veth", peerName: "far" });
    await withLinkApart(far, "near", async (near) => {
      // Without asking first: it is the one that was there before.
      for (const address of addresses) far.addAddress("far", address, { flags: 2 });
      far.setLinkUp("far");
      near.setLinkUp("near");
      await body(near, far);
    });
  });

test("of many addresses each is asked about in its turn, the last one too", () =>
  withNeighbour(["192.0.2.30/24"], async (near) => {
    await using machine = await runtimeWith(addressSpecController(near));
    for (let host = 1; host <= 30; host += 1) {
      const address = `192.0.2.${host}/24`;
      await machine.state.create(AddressSpec, `near/${address}`, addressSpec("configuration", "near", address));
    }
    await eventually(() => machine.logged.length > 0);
    expect(machine.logged.join("\n")).toContain("Cannot have the address 192.0.2.30/24 on near alone");
    expect(machine.logged).toHaveLength(1);
  }));

test("an address that a neighbour has is told once, used nevertheless, and forgotten when the neighbour gives it up", () =>
  withNeighbour(["192.0.2.7/24", "2001:db8::7/64"], async (near, far) => {
    await using machine = await runtimeWith(addressSpecController(near), addressStatusController(near));
    for (const address of ["192.0.2.7/24", "192.0.2.8/24", "2001:db8::7/64"]) {
      await machine.state.create(AddressSpec, `near/${address}`, addressSpec("configuration", "near", address));
    }
    const told = () => machine.logged.filter((line) => line.includes("Cannot")).toSorted();
    await eventually(() => told().length === 2);
    const station = far.link("far")?.hardwareAddress;
    expect(told()).toEqual([
      `network.AddressSpecController: Cannot have the address 192.0.2.7/24 on near alone: ${station} has it too (wanted by configuration)`,
      "network.AddressSpecController: Cannot have the address 2001:db8::7/64 on near alone: another station has it too (wanted by configuration)",
    ]);
    await machine.eventually(AddressStatus, "near/192.0.2.7/24");
    // People see it in the resource too: the kernel's own word for it is dadfailed.
    await machine.eventually(AddressStatus, "near/2001:db8::7/64", ({ spec }) => (spec.flags & 8) !== 0);
    far.removeAddress("far", "192.0.2.7/24");
    near.addAddress("near", "192.0.2.99/24");
    await machine.eventually(AddressStatus, "near/192.0.2.99/24");
    expect(told()).toHaveLength(2);
  }));
