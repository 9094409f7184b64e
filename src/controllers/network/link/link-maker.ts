import { Failure } from "../../../errors/failure.ts";
import { messageOf } from "../../../errors/message.ts";
import type { Link } from "../../../netlink/rtnetlink/link.ts";
import {
  decodeSettings,
  encodeSettings,
  type LinkKind,
  missingSettings,
} from "../../../netlink/rtnetlink/link-kinds.ts";
import type { NewLink, Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import { vlanProtocol } from "../../../resources/network/link-names.ts";
import type { LinkSpec } from "../../../resources/network/link-spec.ts";
import type { WireguardLinks } from "../wireguard/wireguard-links.ts";
import { changeBond } from "./bond-change.ts";
import { bondNumbers } from "./bond-numbers.ts";
import { type LinksByName, masterNameOf, memberOf } from "./link-lookup.ts";
import { RefusedMasters } from "./refused-masters.ts";
import { RefusedSettings } from "./refused-settings.ts";

/** What came of bringing a link to what it should be. */
export interface LinkOutcome {
  /** What its owner may want to know. */
  readonly done: readonly string[];
  /** What did not work; the rest is as it should be. */
  readonly problems: readonly string[];
  /** What is not there yet, and mostly comes. */
  readonly missing: readonly string[];
  /** Its keys or peers changed, which the kernel tells nobody. */
  readonly changedSilently: boolean;
}

interface Notes {
  readonly done: string[];
  readonly problems: string[];
  readonly missing: string[];
  changedSilently: boolean;
}

export interface LinkMakerOptions {
  readonly rtnetlink: Rtnetlink;
  readonly wireguard: WireguardLinks;
  /** Loads what the kernel needs for links of a kind, if it is a module. */
  readonly loadKind: (kind: string) => Promise<void>;
}

/**
 * Brings one link from what it is to what it should be. A step is only taken where something differs, and one that fails
 * keeps no other from being taken: a bond whose delay is refused still carries the machine's address.
 */
export class LinkMaker {
  readonly #rtnetlink: Rtnetlink;
  readonly #wireguard: WireguardLinks;
  readonly #loadKind: (kind: string) => Promise<void>;
  readonly #refused = new RefusedSettings();
  readonly #refusedMasters = new RefusedMasters();
  /** What links had before an MTU was wished for them, by index. */
  readonly #mtuBefore = new Map<number, number>();

  constructor({ rtnetlink, wireguard, loadKind }: LinkMakerOptions) {
    this.#rtnetlink = rtnetlink;
    this.#wireguard = wireguard;
    this.#loadKind = loadKind;
  }

  async sync(spec: LinkSpec, links: LinksByName): Promise<LinkOutcome> {
    const notes: Notes = { done: [], problems: [], missing: [], changedSilently: false };
    const link = await this.#made(spec, links, notes);
    // One that is not there yet, or whose parent is not: the kernel tells when it comes.
    if (link === undefined) return notes;
    let isUp = link.isUp;
    const steps = [
      () => this.#configure(link, spec, links, notes),
      () => {
        isUp = this.#join(link, spec, links, notes);
      },
      () => this.#setMtu(link, spec.mtu),
      () => this.#adjust(link, spec),
      () => {
        if (spec.up !== isUp) this.#rtnetlink.setLinkUp(link.index, spec.up);
      },
    ];
    for (const step of steps) {
      try {
        step();
      } catch (thrown) {
        notes.problems.push(messageOf(thrown));
      }
    }
    return notes;
  }

  /** The link as it is; made first, or made anew, where that is ours to do. */
  async #made(spec: LinkSpec, links: LinksByName, notes: Notes): Promise<Link | undefined> {
    const link = links.find(spec.name, !spec.logical);
    if (!spec.logical) {
      if (link === undefined) notes.missing.push(`Cannot configure the link "${spec.name}": there is none`);
      return link;
    }
    try {
      if (link !== undefined && !this.#isAnother(link, spec, links)) return link;
      if (link !== undefined) {
        this.#rtnetlink.deleteLink(link.index);
        notes.done.push(`removed the ${link.kind} ${spec.name}: it should be another`);
      }
      const made = await this.#create(spec, links, notes);
      if (made !== undefined) notes.done.push(`made the ${spec.kind} ${spec.name}`);
      return made;
    } catch (thrown) {
      notes.problems.push(messageOf(thrown));
      return undefined;
    }
  }

  /** What cannot be changed in place. Not even a made link is taken from someone else's hardware. */
  #isAnother(link: Link, { kind, parentName = "", vlan, name }: LinkSpec, links: LinksByName): boolean {
    if (link.kind === undefined) throw new Failure(`Cannot make the ${kind} ${name}: a device has this name`);
    if (link.kind !== kind) return true;
    if (kind !== "vlan" || vlan === undefined) return false;
    const { id, protocol } = decodeSettings("vlan", link.data);
    const isSame = id === vlan.vlanID && protocol === vlanProtocol.numbers[vlan.vlanProtocol];
    return !isSame || link.parentIndex !== links.find(parentName, true)?.index;
  }

  async #create(spec: LinkSpec, links: LinksByName, { missing }: Notes): Promise<Link | undefined> {
    const { name, kind, parentName = "", vlan, bondMaster, hardwareAddr = "" } = spec;
    const parent = parentName === "" ? undefined : links.find(parentName, true);
    if (kind === "vlan" && parent === undefined) {
      missing.push(`Cannot make the vlan ${name}: its parent "${parentName}" is not there`);
      return undefined;
    }
    await this.#loadKind(kind);
    const made: NewLink = {
      ...{ name, kind },
      ...(parent === undefined ? {} : { parentIndex: parent.index }),
      ...(hardwareAddr === "" ? {} : { hardwareAddress: hardwareAddr }),
      ...(vlan === undefined || kind !== "vlan" ? {} : { settings: vlanSettings(vlan) }),
      // The mode cannot be changed once there are members; the rest follows.
      ...(kind !== "bond" || bondMaster === undefined
        ? {}
        : { settings: encodeSettings("bond", { mode: bondNumbers(bondMaster).mode ?? 0 }) }),
    };
    this.#rtnetlink.createLink(made);
    return this.#rtnetlink.link(name);
  }

  /** Settings that only its kind has. */
  #configure(link: Link, { kind, bondMaster, bridgeMaster, wireguard }: LinkSpec, links: LinksByName, notes: Notes) {
    if (kind === "bond" && bondMaster !== undefined) this.#configureBond(link, bondMaster, links);
    if (kind === "bridge" && bridgeMaster !== undefined) {
      const stp = Number(bridgeMaster.stp?.enabled ?? false);
      const vlanFiltering = Number(bridgeMaster.vlan?.filteringEnabled ?? false);
      this.#settle("bridge", link, { stp, vlanFiltering }, (settings) =>
        this.#rtnetlink.setLink(link.index, { kind, settings: encodeSettings("bridge", settings) }),
      );
    }
    if (kind === "wireguard" && wireguard !== undefined) {
      const outcome = this.#wireguard.sync(link.name, wireguard);
      notes.changedSilently = outcome.changed;
      if (outcome.changed) notes.done.push(`configured the wireguard ${link.name}`);
      notes.problems.push(...outcome.problems);
    }
  }

  #configureBond(bond: Link, spec: NonNullable<LinkSpec["bondMaster"]>, links: LinksByName): void {
    const { primary, ...wanted } = bondNumbers(spec);
    const members = links.all.filter(({ masterIndex }) => masterIndex === bond.index);
    // Which one is preferred can be said once it is a member.
    const isMember = primary !== undefined && members.some(({ index }) => index === primary);
    this.#settle("bond", bond, isMember ? { ...wanted, primary } : wanted, (settings) =>
      changeBond(this.#rtnetlink, bond, members, settings),
    );
  }

  /** Writes what differs, once: a bond does not go down again and again for what the kernel will not have. */
  #settle<K extends LinkKind>(
    kind: K,
    link: Link,
    wanted: Parameters<typeof missingSettings<K>>[1],
    change: (settings: Parameters<typeof missingSettings<K>>[1]) => void,
  ): void {
    const missing = missingSettings(kind, wanted, link.data);
    this.#refused.unless(link, missing, () => {
      change(missing);
      const after = this.#rtnetlink.link(link.index);
      return after === undefined ? {} : missingSettings(kind, wanted, after.data);
    });
  }

  /** Makes the link a member of what it should be part of. @returns whether it is up after that */
  #join(link: Link, spec: LinkSpec, links: LinksByName, { missing }: Notes): boolean {
    const masterName = masterNameOf(spec);
    const master = masterName === "" ? undefined : links.find(masterName, true);
    if (masterName !== "" && master === undefined) {
      missing.push(`Cannot make ${link.name} a member of "${masterName}": it is not there`);
      return link.isUp;
    }
    const masterIndex = master?.index ?? 0;
    if (link.masterIndex === masterIndex) return link.isUp;
    // A bond takes no member that is up.
    const mustBeDown = master?.kind === "bond" && link.isUp;
    this.#refusedMasters.unless(link.index, masterIndex, () => {
      if (mustBeDown) this.#rtnetlink.setLinkUp(link.index, false);
      try {
        this.#rtnetlink.setLink(link.index, { masterIndex });
      } catch (thrown) {
        if (mustBeDown) this.#rtnetlink.setLinkUp(link.index);
        throw thrown;
      }
    });
    return link.isUp && !mustBeDown;
  }

  /** What every link has. */
  #adjust(link: Link, { hardwareAddr = "", multicast, bondSlave }: LinkSpec): void {
    // Members of a bond all have the bond's address.
    const isOwn = bondSlave?.masterName === undefined;
    if (isOwn && hardwareAddr !== "" && hardwareAddr.toLowerCase() !== link.hardwareAddress) {
      this.#rtnetlink.setLink(link.index, { hardwareAddress: hardwareAddr });
    }
    if (multicast !== undefined && multicast !== link.isMulticast) this.#rtnetlink.setLink(link.index, { multicast });
  }

  /** @param wanted 0 leaves it as it is, or as it was before somebody wanted another. */
  #setMtu(link: Link, wanted: number): void {
    const before = this.#mtuBefore.get(link.index);
    const mtu = wanted === 0 ? before : wanted;
    if (wanted === 0) this.#mtuBefore.delete(link.index);
    else if (before === undefined && wanted !== link.mtu) this.#mtuBefore.set(link.index, link.mtu);
    if (mtu !== undefined && mtu !== link.mtu) this.#rtnetlink.setLink(link.index, { mtu });
  }

  /** Takes away what was made or joined for somebody who does not want it any more. @returns what was done */
  undo(spec: LinkSpec, links: LinksByName): string | undefined {
    const link = links.find(spec.name, !spec.logical);
    if (link === undefined) return undefined;
    if (!spec.logical) {
      // Nobody else would, and it may be the way to this machine: a config that was only tried must leave no trace.
      if (!spec.up && !link.isUp) this.#rtnetlink.setLinkUp(link.index);
      this.#setMtu(link, 0);
      const master = memberOf(link, spec, links);
      if (master !== undefined) this.#rtnetlink.setLink(link.index, { masterIndex: 0 });
      return master === undefined ? undefined : `took ${link.name} out of ${master.name}`;
    }
    if (link.kind !== spec.kind) return undefined;
    this.#mtuBefore.delete(link.index);
    this.#refusedMasters.forget(link.index);
    this.#rtnetlink.deleteLink(link.index);
    return `removed the ${spec.kind} ${spec.name}`;
  }
}

const vlanSettings = ({ vlanID, vlanProtocol: protocol }: NonNullable<LinkSpec["vlan"]>) =>
  encodeSettings("vlan", { id: vlanID, protocol: vlanProtocol.numbers[protocol] });
