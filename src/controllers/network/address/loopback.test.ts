import { expect, test } from "bun:test";
import { eventually } from "../../../grpc/testing/eventually.ts";
import { inNetworkNamespace } from "../../../linux/testing/namespace.ts";
import { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import { AddressSpec } from "../../../resources/network/address-spec.ts";
import { AddressStatus } from "../../../resources/network/address-status.ts";
import { networkMachine } from "../testing/network-machine.ts";

test("the loopback's address is everybody's wish, and comes back when somebody takes it", () =>
  inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    using other = new Rtnetlink();
    await using machine = await networkMachine(rtnetlink);
    const shown = await machine.eventually(AddressStatus, "lo/127.0.0.1/8");
    expect(shown.spec).toMatchObject({ address: "127.0.0.1/8", local: "127.0.0.1", scope: "host" });
    expect((await machine.eventually(AddressStatus, "lo/::1/128")).spec.local).toBe("");
    const { spec } = await machine.eventually(AddressSpec, "lo/127.0.0.1/8");
    expect(spec).toMatchObject({ layer: "default", linkName: "lo", family: "inet4", scope: "host" });
    other.removeAddress("lo", "127.0.0.1/8");
    await eventually(() => other.addresses().some(({ prefix }) => prefix === "127.0.0.1/8"));
    expect(machine.logged.filter((line) => line.includes("Cannot"))).toEqual([]);
  }));
