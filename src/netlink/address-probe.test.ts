import { expect, test } from "bun:test";
import { pause } from "../async/pause.ts";
import { probeAddress } from "./address-probe.ts";
import { announceAddress } from "./announce-address.ts";
import { parseHardwareAddress } from "./rtnetlink/link.ts";
import { withEnds } from "./testing/veth-ends.ts";

test("a neighbour that has the address says so, and is heard", () =>
  withEnds(async ({ rtnetlink, near, far }) => {
    rtnetlink.addAddress(far.index, "192.0.2.7/24");
    const { promise, resolve } = Promise.withResolvers<void>();
    using _probe = probeAddress({
      ...{ linkIndex: near.index, hardwareAddress: parseHardwareAddress(near.hardwareAddress) },
      ...{ address: "192.0.2.7", onConflict: () => resolve() },
    });
    await promise;
  }));

test("neither we ourselves, nor neighbours with other addresses, nor those that only ask are in conflict", () =>
  withEnds(async ({ near, far }) => {
    const heard: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const own = { linkIndex: near.index, hardwareAddress: parseHardwareAddress(near.hardwareAddress) };
    const other = { linkIndex: far.index, hardwareAddress: parseHardwareAddress(far.hardwareAddress) };
    const conflictOf = (address: string) => () => {
      heard.push(address);
      if (address === "192.0.2.9") resolve();
    };
    using _one = probeAddress({ ...own, address: "192.0.2.8", onConflict: conflictOf("192.0.2.8") });
    using _two = probeAddress({ ...own, address: "192.0.2.9", onConflict: conflictOf("192.0.2.9") });
    using _asking = probeAddress({ ...other, address: "192.0.2.8", onConflict: () => {} });
    announceAddress(near.index, near.hardwareAddress, "192.0.2.8");
    announceAddress(far.index, far.hardwareAddress, "192.0.2.10");
    announceAddress(far.index, far.hardwareAddress, "192.0.2.9");
    await promise;
    expect(new Set(heard)).toEqual(new Set(["192.0.2.9"]));
  }));

test("a link that goes while it is asked takes nobody with it", () =>
  withEnds(async ({ rtnetlink, near }) => {
    const heard: string[] = [];
    using _probe = probeAddress({
      ...{ linkIndex: near.index, hardwareAddress: parseHardwareAddress(near.hardwareAddress) },
      ...{ address: "192.0.2.7", onConflict: (station) => heard.push(station) },
    });
    rtnetlink.deleteLink("near");
    // The second question comes after this long.
    await pause(40);
    expect(heard).toEqual([]);
  }));
