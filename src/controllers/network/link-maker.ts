import type { Link } from "../../netlink/rtnetlink/link.ts";
import {
  decodeSettings,
  encodeSettings,
  type KindSettings,
  type LinkKind,
  missingSettings,
} from "../../netlink/rtnetlink/link-kinds.ts";
import type { NewLink, Rtnetlink } from "../../netlink/rtnetlink/rtnetlink.ts";
import { vlanProtocol } from "../../resources/network/link-names.ts";
import type { LinkSpec } from "../../resources/network/link-spec.ts";
import { bondNumbers } from "./bond-numbers.ts";
import type { BondMaster } from "./wanted/bond.ts";

type LinksByName = ReadonlyMap<string, Link>;

/** Brings one link from what it is to what it should be; each step is only taken where something differs. */
export class LinkMaker {
  readonly #rtnetlink: Rtnetlink;
  readonly #loadKind: (kind: string) => Promise<void>;

  constructor(rtnetlink: Rtnetlink, loadKind: (kind: string) => Promise<void>) {
    this.#rtnetlink = rtnetlink;
    this.#loadKind = loadKind;
  }

  /**
   * @returns what was done that the owner may want to know
   * @throws NetlinkError when the kernel refuses a step; those before it are done
   */
  async sync(spec: LinkSpec, links: LinksByName): Promise<string[]> {
    const done: string[] = [];
    let link = links.get(spec.name);
    if (spec.logical) {
      if (link !== undefined && this.#isAnother(link, spec, links)) {
        this.#rtnetlink.deleteLink(link.index);
        done.push(`removed the ${link.kind} ${spec.name}: it should be another`);
        link = undefined;
      }
      if (link === undefined) {
        link = await this.#create(spec, links);
        if (link !== undefined) done.push(`made the ${spec.kind} ${spec.name}`);
      }
    }
    // One that is not there yet, or whose parent is not: the kernel tells when it comes.
    if (link === undefined) return done;
    this.#configure(link, spec, links);
    const wasUp = this.#join(link, spec, links);
    this.#address(link, spec);
    if (spec.up !== wasUp) this.#rtnetlink.setLinkUp(link.index, spec.up);
    return done;
  }

  /** What cannot be changed in place. Not even a made link is taken from someone else's hardware. */
  #isAnother(link: Link, { kind, parentName = "", vlan, name }: LinkSpec, links: LinksByName): boolean {
    if (link.kind === undefined) throw new TypeError(`Cannot make the ${kind} ${name}: a device has this name`);
    if (link.kind !== kind) return true;
    if (kind !== "vlan" || vlan === undefined) return false;
    const { id, protocol } = decodeSettings("vlan", link.data);
    const isSame = id === vlan.vlanID && protocol === vlanProtocol.numbers[vlan.vlanProtocol];
    return !isSame || link.parentIndex !== links.get(parentName)?.index;
  }

  async #create(spec: LinkSpec, links: LinksByName): Promise<Link | undefined> {
    const { name, kind, parentName, vlan, bondMaster, hardwareAddr } = spec;
    const parent = parentName === undefined || parentName === "" ? undefined : links.get(parentName);
    if (kind === "vlan" && parent === undefined) return undefined;
    await this.#loadKind(kind);
    const made: NewLink = {
      ...{ name, kind },
      ...(parent === undefined ? {} : { parentIndex: parent.index }),
      ...(hardwareAddr === undefined || hardwareAddr === "" ? {} : { hardwareAddress: hardwareAddr }),
      ...(vlan === undefined || kind !== "vlan" ? {} : { settings: vlanSettings(vlan) }),
      // The mode cannot be changed once there are members; the rest follows.
      ...(kind !== "bond" || bondMaster === undefined
        ? {}
        : { settings: encodeSettings("bond", { mode: bondNumbers(bondMaster).mode ?? 0 }) }),
    };
    this.#rtnetlink.createLink(made);
    return this.#rtnetlink.link(name);
  }

  #configure(link: Link, { kind, bondMaster, bridgeMaster }: LinkSpec, links: LinksByName): void {
    if (kind === "bond" && bondMaster !== undefined) this.#configureBond(link, bondMaster, links);
    if (kind !== "bridge" || bridgeMaster === undefined) return;
    const wanted = {
      stp: Number(bridgeMaster.stp?.enabled ?? false),
      vlanFiltering: Number(bridgeMaster.vlan?.filteringEnabled ?? false),
    };
    const missing = missingSettings("bridge", wanted, link.data);
    if (Object.keys(missing).length > 0) this.#set(link, "bridge", missing);
  }

  #configureBond(bond: Link, settings: BondMaster, links: LinksByName): void {
    const { primary, ...wanted } = bondNumbers(settings);
    const missing = missingSettings("bond", wanted, bond.data);
    const members = [...links.values()].filter(({ masterIndex }) => masterIndex === bond.index);
    if (Object.keys(missing).length > 0) {
      // Most settings only change while the bond is down, the mode while it is empty. Both come back in this pass.
      this.#rtnetlink.setLinkUp(bond.index, false);
      if (missing.mode !== undefined) {
        for (const { index } of members) this.#rtnetlink.setLink(index, { masterIndex: 0 });
      }
      this.#set(bond, "bond", missing);
      this.#rtnetlink.setLinkUp(bond.index, bond.isUp);
    } else if (primary !== undefined && members.some(({ index }) => index === primary)) {
      // Which one is preferred can be said at any time, once it is a member.
      if (decodeSettings("bond", bond.data).primary !== primary) this.#set(bond, "bond", { primary });
    }
  }

  #set<K extends LinkKind>(link: Link, kind: K, settings: KindSettings<K>): void {
    this.#rtnetlink.setLink(link.index, { kind, settings: encodeSettings(kind, settings) });
  }

  /** Makes the link a member of what it should be part of. @returns whether it is up after that */
  #join(link: Link, { bondSlave, bridgeSlave }: LinkSpec, links: LinksByName): boolean {
    const masterName = bondSlave?.masterName ?? bridgeSlave?.masterName ?? "";
    const master = masterName === "" ? undefined : links.get(masterName);
    if (masterName !== "" && master === undefined) return link.isUp;
    const masterIndex = master?.index ?? 0;
    if (link.masterIndex === masterIndex) return link.isUp;
    // A bond takes no member that is up.
    const mustBeDown = master?.kind === "bond" && link.isUp;
    if (mustBeDown) this.#rtnetlink.setLinkUp(link.index, false);
    this.#rtnetlink.setLink(link.index, { masterIndex });
    return link.isUp && !mustBeDown;
  }

  #address(link: Link, { mtu, hardwareAddr = "", multicast, bondSlave }: LinkSpec): void {
    if (mtu !== 0 && mtu !== link.mtu) this.#rtnetlink.setLink(link.index, { mtu });
    // Members of a bond all have the bond's address.
    const isOwn = bondSlave?.masterName === undefined;
    if (isOwn && hardwareAddr !== "" && hardwareAddr.toLowerCase() !== link.hardwareAddress) {
      this.#rtnetlink.setLink(link.index, { hardwareAddress: hardwareAddr });
    }
    if (multicast !== undefined && multicast !== link.isMulticast) this.#rtnetlink.setLink(link.index, { multicast });
  }
}

const vlanSettings = ({ vlanID, vlanProtocol: protocol }: NonNullable<LinkSpec["vlan"]>) =>
  encodeSettings("vlan", { id: vlanID, protocol: vlanProtocol.numbers[protocol] });
