import { defineController } from "../../../cosi/controller.ts";
import { messageOf } from "../../../errors/message.ts";
import type { LinkAddress } from "../../../netlink/rtnetlink/address.ts";
import { AddressFlag } from "../../../netlink/rtnetlink/constants.ts";
import type { Link } from "../../../netlink/rtnetlink/link.ts";
import type { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import { AddressSpec } from "../../../resources/network/address-spec.ts";
import { kernelNewsToActOn } from "../kernel-news.ts";
import { ofLatest } from "../of-latest.ts";
import { sameObjects } from "../same-objects.ts";
import { isNone, type Trouble, Troubles } from "../troubles.ts";
import { AddressConflicts } from "./address-conflicts.ts";
import { Announcements } from "./announcements.ts";

/** Flags that the kernel sets itself: comparing them, or asking for them, means nothing. */
const kernelsOwn =
  AddressFlag.permanent |
  AddressFlag.tentative |
  AddressFlag.dadFailed |
  AddressFlag.deprecated |
  AddressFlag.temporary;
/** The kernel tries an address that another station had only when it is added again. */
const retryDuplicateMs = 30_000;

interface Wanted {
  readonly id: string;
  readonly spec: AddressSpec;
  readonly link: Link | undefined;
  readonly current: LinkAddress | undefined;
  /** Hardware addresses of this machine. */
  readonly own: ReadonlySet<string>;
}

/** Gives links the addresses that they should have, and takes those away that nobody wants any more. */
export const addressSpecController = (rtnetlink: Rtnetlink) => {
  const troubles = new Troubles();
  const conflicts = new AddressConflicts();
  const announcements = new Announcements();
  const assignedMs = new Map<string, number>();
  /** Those of IPv6 that another station had when the kernel last knew. */
  const refused = new Set<string>();
  /** What there was when an address was as it should be. */
  const satisfied = new Map<string, readonly unknown[]>();
  const byName = ofLatest((links: readonly Link[]) => new Map(links.map((link) => [link.name, link])));
  const byPrefix = ofLatest(
    (all: readonly LinkAddress[]) => new Map(all.map((address) => [keyOf(address.linkIndex, address.prefix), address])),
  );
  return defineController({
    name: "network.AddressSpecController",
    inputs: [{ kind: AddressSpec, strength: "strong" }],
    outputs: [],
    // Whoever takes an address away, or brings the link, wakes us.
    wakeOn: (signal) => {
      const end = () => {
        conflicts[Symbol.dispose]();
        announcements[Symbol.dispose]();
      };
      signal.addEventListener("abort", end, { once: true });
      return kernelNewsToActOn(
        signal,
        (all) => rtnetlink.news(["address", "link"], all),
        (all) => conflicts.changes(all),
      );
    },
    async reconcile(context) {
      const specs = await context.list(AddressSpec);
      const ids = new Set(specs.map(({ metadata }) => metadata.id));
      troubles.keepOnly(ids);
      conflicts.keepOnly(ids);
      for (const map of [assignedMs, satisfied, refused]) for (const id of map.keys()) if (!ids.has(id)) map.delete(id);
      if (specs.length === 0) return;
      const links = byName(rtnetlink.links());
      const own = new Set([...links.values()].map(({ hardwareAddress }) => hardwareAddress));
      const present = byPrefix(rtnetlink.addresses());
      for (const resource of specs) {
        const { metadata, spec } = resource;
        const { id, phase } = metadata;
        const link = links.get(spec.linkName);
        const current = link === undefined ? undefined : present.get(keyOf(link.index, spec.address));
        const now = [resource, link, current];
        if (sameObjects(satisfied.get(id), now) && isAlone(id, spec, link)) continue;
        satisfied.delete(id);
        const before = rtnetlink.changesAsked;
        try {
          if (phase === "tearingDown") {
            announcements.stop(id);
            if (link !== undefined && current !== undefined) rtnetlink.removeAddress(link.index, spec.address);
            await context.removeFinalizer(AddressSpec, id);
          } else {
            await context.addFinalizer(AddressSpec, id);
            const trouble = bring({ id, spec, link, current, own });
            troubles.note(context, id, trouble);
            if (isNone(trouble) && rtnetlink.changesAsked === before) satisfied.set(id, now);
          }
        } catch (thrown) {
          troubles.note(context, id, { problems: [messageOf(thrown)], missing: [] });
        }
      }
    },
  });

  /** Whether no other station has it, as far as others are asked. */
  function isAlone(id: string, spec: AddressSpec, link: Link | undefined): boolean {
    return link === undefined || !isAskedFor(spec) || conflicts.isSettled(id, link);
  }

  /** Gives the link the address. @returns what stands in the way of using it */
  function bring({ id, spec, link, current, own }: Wanted): Trouble {
    const { address, linkName, layer } = spec;
    if (link === undefined) {
      return { problems: [], missing: [`Cannot add the address ${address}: there is no link "${linkName}"`] };
    }
    const { flags = 0 } = current ?? {};
    const isRefused = (flags & AddressFlag.dadFailed) !== 0;
    if (isRefused) refused.add(id);
    else if (current !== undefined && (flags & AddressFlag.tentative) === 0) refused.delete(id);
    const isDue = isRefused && performance.now() - (assignedMs.get(id) ?? -Infinity) > retryDuplicateMs;
    if (isDue || !isSo(current, spec)) {
      assign(id, link, spec, current);
      assignedMs.set(id, performance.now());
    }
    const station = isAskedFor(spec) ? conflicts.other(id, link, address.replace(/\/.*/, ""), own) : undefined;
    if (!refused.has(id) && station === undefined) return { problems: [], missing: [] };
    const problem = `Cannot have the address ${address} on ${linkName} alone: ${station ?? "another station"} has it too`;
    return { problems: [`${problem} (wanted by ${layer})`], missing: [] };
  }

  function assign(id: string, link: Link, spec: AddressSpec, current: LinkAddress | undefined): void {
    const { index } = link;
    const { address, scope, flags, priority = 0, announceWithARP = false } = spec;
    // The kernel does not change an address that is there.
    if (current !== undefined) rtnetlink.removeAddress(index, address);
    const metric = priority === 0 ? {} : { routePriority: priority };
    rtnetlink.addAddress(index, address, { scope, flags: flags & ~kernelsOwn, ...metric });
    if (announceWithARP) announcements.start(id, link, address.replace(/\/.*/, ""));
  }
};

/** Whether other stations are asked if they have it. Operators do that themselves; for IPv6 the kernel does. */
const isAskedFor = ({ family, layer, scope }: AddressSpec): boolean =>
  family === "inet4" && layer !== "operator" && scope !== "host";

const keyOf = (linkIndex: number, prefix: string): string => `${linkIndex} ${prefix}`;

function isSo(current: LinkAddress | undefined, { scope, flags, priority = 0 }: AddressSpec): boolean {
  if (current === undefined) return false;
  // For IPv6 the kernel derives the scope from the address.
  const sameScope = current.family === "inet6" || current.scope === scope;
  return sameScope && current.routePriority === priority && (current.flags & ~kernelsOwn) === (flags & ~kernelsOwn);
}
