import { defineController } from "../../../cosi/controller.ts";
import type { LinkAddress } from "../../../netlink/rtnetlink/address.ts";
import type { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import { AddressStatus } from "../../../resources/network/address-status.ts";
import { kernelNews } from "../kernel-news.ts";
import { linkNames } from "../link/link-lookup.ts";
import { ofLatest } from "../of-latest.ts";
import { ShownByLink } from "../shown-by-link.ts";

/** Shows the kernel's addresses as AddressStatus resources. */
export const addressStatusController = (rtnetlink: Rtnetlink) => {
  const shown = new ShownByLink<LinkAddress, AddressStatus>({
    kind: AddressStatus,
    // Without a name: the link went away between the two readings.
    show: (address, linkName) =>
      linkName === undefined ? undefined : [`${linkName}/${address.prefix}`, specOf(address, linkName)],
  });
  const namesOf = ofLatest(linkNames);
  return defineController({
    name: "network.AddressStatusController",
    inputs: [],
    // The platform adds addresses that the kernel does not know.
    outputs: [{ kind: AddressStatus, sharing: "shared" }],
    // Reading what was told of beats patching state from events: the kernel may drop events under load, it never lies
    // when it is asked.
    wakeOn: (signal) => kernelNews(signal, (all) => rtnetlink.news(["address", "link"], all)),
    async reconcile(context) {
      const names = namesOf(rtnetlink.links());
      await shown.put(context, rtnetlink.addressesByLink(), names);
    },
  });
};

const specOf = (address: LinkAddress, linkName: string): AddressStatus => ({
  address: address.prefix,
  // The kernel has it of every address of IPv4, and of those of IPv6 that have a peer.
  local: address.family === "inet4" || address.peer !== undefined ? address.address : "",
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
