import { defineController } from "../../../cosi/controller.ts";
import type { LinkAddress } from "../../../netlink/rtnetlink/address.ts";
import type { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import { AddressStatus } from "../../../resources/network/address-status.ts";
import { kernelNews } from "../kernel-news.ts";
import { Shown } from "../shown.ts";

const name = "network.AddressStatusController";

/** Shows the kernel's addresses as AddressStatus resources. */
export const addressStatusController = (rtnetlink: Rtnetlink) => {
  const shown = new Shown(AddressStatus);
  const known = new WeakMap<LinkAddress, readonly [id: string, spec: AddressStatus]>();
  return defineController({
    name,
    inputs: [],
    // The platform adds addresses that the kernel does not know.
    outputs: [{ kind: AddressStatus, sharing: "shared" }],
    // Reading what was told of beats patching state from events: the kernel may drop events under load, it never lies
    // when it is asked.
    wakeOn: (signal) => kernelNews(signal, (all) => rtnetlink.news(["address", "link"], all)),
    async reconcile(context) {
      const names = new Map(rtnetlink.links().map(({ index, name }) => [index, name]));
      const specs = new Map(
        rtnetlink.addresses().flatMap((address) => {
          const linkName = names.get(address.linkIndex);
          // Without one: the link went away between the two readings.
          return linkName === undefined ? [] : [statusOf(address, linkName)];
        }),
      );
      await shown.put(context, specs);
      for (const { metadata } of await context.list(AddressStatus)) {
        if (metadata.owner === name && !specs.has(metadata.id)) await context.destroy(AddressStatus, metadata.id);
      }
    },
  });

  function statusOf(address: LinkAddress, linkName: string): readonly [id: string, spec: AddressStatus] {
    const before = known.get(address);
    if (before?.[1].linkName === linkName) return before;
    const status = [`${linkName}/${address.prefix}`, specOf(address, linkName)] as const;
    known.set(address, status);
    return status;
  }
};

const specOf = (address: LinkAddress, linkName: string): AddressStatus => ({
  address: address.prefix,
  local: address.peer === undefined ? "" : address.address,
  broadcast: address.broadcast ?? "",
  anycast: "",
  multicast: "",
  linkIndex: address.linkIndex,
  linkName,
  family: address.family,
  scope: address.scope,
  flags: address.flags,
  priority: address.routePriority,
});
