import { defineController } from "../../../cosi/controller.ts";
import type { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import { AddressStatus } from "../../../resources/network/address-status.ts";
import { kernelNews } from "../kernel-news.ts";

const name = "network.AddressStatusController";

/** Shows the kernel's addresses as AddressStatus resources. */
export const addressStatusController = (rtnetlink: Rtnetlink) =>
  defineController({
    name,
    inputs: [],
    // The platform adds addresses that the kernel does not know.
    outputs: [{ kind: AddressStatus, sharing: "shared" }],
    // A dump after every change beats patching state from events: the kernel may drop events under load, it never
    // lies in a dump.
    wakeOn: (signal) => kernelNews(signal, (all) => rtnetlink.changes(["address", "link"], all)),
    async reconcile(context) {
      const names = new Map(rtnetlink.links().map(({ index, name }) => [index, name]));
      const shown = new Set<string>();
      for (const address of rtnetlink.addresses()) {
        const linkName = names.get(address.linkIndex);
        if (linkName === undefined) continue; // the link went away between the two dumps
        const id = `${linkName}/${address.prefix}`;
        shown.add(id);
        await context.put(AddressStatus, id, {
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
      }
      for (const { metadata } of await context.list(AddressStatus)) {
        if (metadata.owner === name && !shown.has(metadata.id)) await context.destroy(AddressStatus, metadata.id);
      }
    },
  });
