import { defineController } from "../../../cosi/controller.ts";
import type { Resource } from "../../../cosi/resource.ts";
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
}

/** What there is of an address that should be. */
type Found = readonly [wanted: Resource<AddressSpec>, link: Link | undefined, current: LinkAddress | undefined];

/** Gives links the addresses that they should have, and takes those away that nobody wants any more. */
export const addressSpecController = (rtnetlink: Rtnetlink) => {
  const troubles = new Troubles();
  const conflicts = new AddressConflicts();
  const announcements = new Announcements();
  const assignedMs = new Map<string, number>();
  /** Those of IPv6 that another station had when the kernel last knew. */
  const refused = new Set<string>();
  /** What there was when an address was as it should be. */
  const satisfied = new Map<string, Found>();
  const byName = ofLatest((links: readonly Link[]) => new Map(links.map((link) => [link.name, link])));
  const hardwareAddresses = ofLatest(
    (links: readonly Link[]) => new Set(links.map(({ hardwareAddress }) => hardwareAddress)),
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
      conflicts.own = hardwareAddresses(rtnetlink.links());
      const present = rtnetlink.addressesByLink();
      const found = specs.map((resource): Found => {
        const link = links.get(resource.spec.linkName);
        return [resource, link, byPrefix(present.get(link?.index ?? 0)).get(resource.spec.address)];
      });
      // Of a thousand mostly one or none is left: a loop that waits for what it does takes long to do nothing.
      for (const now of found.filter((one) => !isSatisfied(one))) {
        const [resource, link, current] = now;
        const { metadata, spec } = resource;
        const { id, phase } = metadata;
        satisfied.delete(id);
        const before = rtnetlink.changesAsked;
        try {
          if (phase === "tearingDown") {
            announcements.stop(id);
            if (link !== undefined && current !== undefined) rtnetlink.removeAddress(link.index, spec.address);
            await context.removeFinalizer(AddressSpec, id);
          } else {
            await context.addFinalizer(AddressSpec, id);
            const trouble = bring({ id, spec, link, current });
            troubles.note(context, id, trouble);
            if (isNone(trouble) && rtnetlink.changesAsked === before) satisfied.set(id, now);
          }
        } catch (thrown) {
          troubles.note(context, id, { problems: [messageOf(thrown)], missing: [] });
        }
      }
    },
  });

  /** Whether all is as when it was well, and no other station has the address, as far as others are asked. */
  function isSatisfied(now: Found): boolean {
    const [{ metadata, spec }, link] = now;
    if (!sameObjects(satisfied.get(metadata.id), now)) return false;
    return link === undefined || !isAskedFor(spec) || conflicts.isSettled(metadata.id, link);
  }

  /** Gives the link the address. @returns what stands in the way of using it */
  function bring({ id, spec, link, current }: Wanted): Trouble {
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
    const station = isAskedFor(spec) ? conflicts.other(id, link, address.replace(/\/.*/, "")) : undefined;
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

const none: readonly never[] = [];
const prefixes = new WeakMap<readonly LinkAddress[], ReadonlyMap<string, LinkAddress>>();

/** A link's addresses; most links have those of before. */
const byPrefix = (addresses: readonly LinkAddress[] = none): ReadonlyMap<string, LinkAddress> =>
  prefixes.getOrInsertComputed(addresses, () => new Map(addresses.map((address) => [address.prefix, address])));

function isSo(current: LinkAddress | undefined, { scope, flags, priority = 0 }: AddressSpec): boolean {
  if (current === undefined) return false;
  // For IPv6 the kernel derives the scope from the address.
  const sameScope = current.family === "inet6" || current.scope === scope;
  return sameScope && current.routePriority === priority && (current.flags & ~kernelsOwn) === (flags & ~kernelsOwn);
}
