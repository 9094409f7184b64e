import { defineController, type ReconcileContext } from "../../cosi/controller.ts";
import { messageOf } from "../../errors/message.ts";
import { announceAddress } from "../../netlink/announce-address.ts";
import type { LinkAddress } from "../../netlink/rtnetlink/address.ts";
import { AddressFlag } from "../../netlink/rtnetlink/constants.ts";
import type { Link } from "../../netlink/rtnetlink/link.ts";
import type { Rtnetlink } from "../../netlink/rtnetlink/rtnetlink.ts";
import { AddressSpec } from "../../resources/network/address-spec.ts";
import { kernelNews } from "./kernel-news.ts";

/** Flags that the kernel sets itself: comparing them, or asking for them, means nothing. */
const kernelsOwn =
  AddressFlag.permanent |
  AddressFlag.tentative |
  AddressFlag.dadFailed |
  AddressFlag.deprecated |
  AddressFlag.temporary;
const retryMs = 5_000;

/** Gives links the addresses that they should have, and takes those away that nobody wants any more. */
export const addressSpecController = (rtnetlink: Rtnetlink) => {
  const told = new Map<string, string>();
  return defineController({
    name: "network.AddressSpecController",
    inputs: [{ kind: AddressSpec, strength: "strong" }],
    outputs: [],
    // Whoever takes an address away, or brings the link, wakes us.
    wakeOn: (signal) => kernelNews(signal, (all) => rtnetlink.changes(["address", "link"], all)),
    async reconcile(context) {
      const specs = await context.list(AddressSpec);
      const known = new Set(specs.map(({ metadata }) => metadata.id));
      for (const id of told.keys()) if (!known.has(id)) told.delete(id);
      if (specs.length === 0) return;
      const links = new Map(rtnetlink.links().map((link) => [link.name, link]));
      const present = new Map(
        rtnetlink.addresses().map((address) => [keyOf(address.linkIndex, address.prefix), address]),
      );
      for (const { metadata, spec } of specs) {
        const link = links.get(spec.linkName);
        const index = link?.index;
        const current = index === undefined ? undefined : present.get(keyOf(index, spec.address));
        try {
          if (metadata.phase === "tearingDown") {
            if (index !== undefined && current !== undefined) rtnetlink.removeAddress(index, spec.address);
            await context.removeFinalizer(AddressSpec, metadata.id);
          } else {
            await context.addFinalizer(AddressSpec, metadata.id);
            if (link !== undefined && !isSo(current, spec)) assign(link, spec, current);
          }
          told.delete(metadata.id);
        } catch (thrown) {
          tell(context, metadata.id, messageOf(thrown));
          context.requeueAfter(retryMs);
        }
      }
    },
  });

  function assign({ index, hardwareAddress }: Link, spec: AddressSpec, current: LinkAddress | undefined): void {
    const { address, scope, flags, priority = 0, announceWithARP = false } = spec;
    // The kernel does not change an address that is there.
    if (current !== undefined) rtnetlink.removeAddress(index, address);
    const metric = priority === 0 ? {} : { routePriority: priority };
    rtnetlink.addAddress(index, address, { scope, flags: flags & ~kernelsOwn, ...metric });
    if (announceWithARP && hardwareAddress !== "") announceAddress(index, hardwareAddress, address.replace(/\/.*/, ""));
  }

  function tell(context: ReconcileContext, id: string, problem: string): void {
    if (told.get(id) !== problem) context.log("warn", problem);
    told.set(id, problem);
  }
};

const keyOf = (linkIndex: number, prefix: string): string => `${linkIndex} ${prefix}`;

function isSo(current: LinkAddress | undefined, { scope, flags, priority = 0 }: AddressSpec): boolean {
  if (current === undefined) return false;
  // For IPv6 the kernel derives the scope from the address.
  const sameScope = current.family === "inet6" || current.scope === scope;
  return sameScope && current.routePriority === priority && (current.flags & ~kernelsOwn) === (flags & ~kernelsOwn);
}
