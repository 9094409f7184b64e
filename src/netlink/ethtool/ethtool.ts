import { Errno } from "../../linux/errno.ts";
import type { Attribute, Attributes } from "../attribute.ts";
import { genericProtocol } from "../generic/constants.ts";
import { GenericFamily, type GenericRequest } from "../generic/generic-netlink.ts";
import { listen } from "../listen.ts";
import { NetlinkError } from "../netlink-error.ts";
import { decodeBitset, namedBits, wholeBitset } from "./bitset.ts";
import {
  EthtoolFlag,
  EthtoolHeader,
  EthtoolMessage,
  ethtoolFamily,
  FeaturesAttribute,
  LinkInfoAttribute,
  LinkModesAttribute,
  LinkStateAttribute,
  StringAttribute,
  StringSet,
  WakeOnLanAttribute,
  wakeOnLanBits,
} from "./constants.ts";
import { type Feature, featuresOf } from "./feature.ts";
import { linkModeName } from "./link-mode-name.ts";
import {
  type Channels,
  channelSettings,
  decodeEthernetSettings,
  encodeEthernetSettings,
  type Rings,
  ringSettings,
} from "./settings.ts";

export interface LinkModes {
  /** Megabits per second; 0xffffffff when the device does not know. */
  readonly speedMbit: number;
  /** DUPLEX_* of <linux/ethtool.h>: 0 half, 1 full, 255 unknown. */
  readonly duplex: number;
  /** What each end offers: `1000baseT/Full`. */
  readonly ours: readonly string[];
  readonly peer: readonly string[];
}

/** The kernel looks for the index; people know the name. */
export interface NamedLink {
  readonly index: number;
  readonly name: string;
}

/** The link is gone, or has nothing to say of the matter. */
const silent: ReadonlySet<number> = new Set([Errno.ENODEV, Errno.EOPNOTSUPP]);

const compact: readonly Attribute[] = [[EthtoolHeader.flags, EthtoolFlag.compactBitsets]];

/** Something for each link that knows it, by the link's index. */
type ByLink<T> = ReadonlyMap<number, T>;

/**
 * What network devices know of their hardware, and how it is set up, <linux/ethtool_netlink.h>; of the network namespace
 * of the thread that opens it. Links that have nothing to say of a matter are not in its map.
 */
export class Ethtool implements Disposable {
  readonly #family: GenericFamily;
  readonly #names = new Map<number, readonly string[]>();

  private constructor(family: GenericFamily) {
    this.#family = family;
  }

  /** @throws Failure when the kernel was built without it */
  static open(): Ethtool {
    return new Ethtool(GenericFamily.open(ethtoolFamily.name));
  }

  [Symbol.dispose](): void {
    this.#family[Symbol.dispose]();
  }

  /**
   * Whether there is a carrier; false also for links without a notion of it.
   * @param only the index of the one link to ask, here and below
   */
  linkStates(only?: number): ByLink<boolean> {
    return this.#ask(only, EthtoolMessage.getLinkState, (answer) => answer.byte(LinkStateAttribute.link) === 1);
  }

  /** PORT_* of <linux/ethtool.h>. */
  ports(only?: number): ByLink<number> {
    return this.#ask(only, EthtoolMessage.getLinkInfo, (answer) => answer.byte(LinkInfoAttribute.port) ?? 255);
  }

  linkModes(only?: number): ByLink<LinkModes> {
    return this.#ask(only, EthtoolMessage.getLinkModes, (answer) => ({
      speedMbit: answer.number(LinkModesAttribute.speed) ?? 0,
      duplex: answer.byte(LinkModesAttribute.duplex) ?? 255,
      ours: this.#modes(answer.nested(LinkModesAttribute.ours)),
      peer: this.#modes(answer.nested(LinkModesAttribute.peer)),
    }));
  }

  rings(only?: number): ByLink<Rings> {
    return this.#ask(only, EthtoolMessage.getRings, (answer) => decodeEthernetSettings(ringSettings, answer));
  }

  channels(only?: number): ByLink<Channels> {
    return this.#ask(only, EthtoolMessage.getChannels, (answer) => decodeEthernetSettings(channelSettings, answer));
  }

  features(only?: number): ByLink<readonly Feature[]> {
    const names = this.#namesOf(StringSet.features);
    const bits = (answer: Attributes, type: number) => decodeBitset(answer.nested(type));
    return this.#ask(only, EthtoolMessage.getFeatures, (answer) =>
      featuresOf(names, {
        hardware: bits(answer, FeaturesAttribute.hardware),
        wanted: bits(answer, FeaturesAttribute.wanted),
        active: bits(answer, FeaturesAttribute.active),
        unchangeable: bits(answer, FeaturesAttribute.unchangeable),
      }),
    );
  }

  /** Bits of what wakes the machine up, WAKE_* of <linux/ethtool.h>, or-ed. */
  wakeOnLan(only?: number): ByLink<number> {
    return this.#ask(only, EthtoolMessage.getWakeOnLan, (answer) =>
      [...decodeBitset(answer.nested(WakeOnLanAttribute.modes))].reduce((mask, place) => mask | (1 << place), 0),
    );
  }

  /** @throws NetlinkError when the device refuses, or cannot do that */
  setRings(link: NamedLink, rings: Rings): void {
    this.#set(EthtoolMessage.setRings, link, encodeEthernetSettings(ringSettings, rings), "rings");
  }

  /** @throws NetlinkError */
  setChannels(link: NamedLink, channels: Channels): void {
    this.#set(EthtoolMessage.setChannels, link, encodeEthernetSettings(channelSettings, channels), "channels");
  }

  /** Asks for features by name; the device may have reasons to leave them as they are. @throws NetlinkError */
  setFeatures(link: NamedLink, features: Readonly<Record<string, boolean>>): void {
    this.#set(EthtoolMessage.setFeatures, link, [[FeaturesAttribute.wanted, namedBits(features)]], "features");
  }

  /** @throws NetlinkError */
  setWakeOnLan(link: NamedLink, modes: number): void {
    const attributes: Attribute[] = [[WakeOnLanAttribute.modes, wholeBitset(wakeOnLanBits, modes)]];
    this.#set(EthtoolMessage.setWakeOnLan, link, attributes, "wake-on-LAN modes");
  }

  /** One of these for each change that is made by ethtool, until `signal` aborts. What the cable does, rtnetlink tells. */
  changes(signal: AbortSignal): AsyncIterable<unknown> {
    const group = this.#family.groupId(ethtoolFamily.monitor);
    return listen({ protocol: genericProtocol, group, decode: (message) => [message.type], lost: 0 }, signal);
  }

  #ask<T>(only: number | undefined, command: number, decode: (answer: Attributes) => T): ByLink<T> {
    const link: Attribute[] = only === undefined ? [] : [[EthtoolHeader.index, only]];
    const attributes: Attribute[] = [[EthtoolHeader.attribute, [...link, ...compact]]];
    const describe = () => `Cannot ask the network devices (ethtool message ${command})`;
    const request = { command, version: ethtoolFamily.version, attributes, describe };
    const answers = only === undefined ? this.#family.dump(request) : this.#askOne(request);
    return new Map(
      answers.flatMap((answer): (readonly [number, T])[] => {
        const index = answer.nested(EthtoolHeader.attribute).number(EthtoolHeader.index);
        return index === undefined ? [] : [[index, decode(answer)]];
      }),
    );
  }

  /** What a dump leaves out is an error here. */
  #askOne(request: GenericRequest): Attributes[] {
    try {
      return this.#family.request(request);
    } catch (thrown) {
      if (thrown instanceof NetlinkError && silent.has(thrown.errno)) return [];
      throw thrown;
    }
  }

  #set(command: number, { index, name }: NamedLink, settings: readonly Attribute[], what: string): void {
    const header: Attribute[] = [
      [EthtoolHeader.index, index],
      [EthtoolHeader.flags, EthtoolFlag.omitReply],
    ];
    const attributes: Attribute[] = [[EthtoolHeader.attribute, header], ...settings];
    const describe = () => `Cannot set the ${what} of ${name}`;
    this.#family.request({ command, version: ethtoolFamily.version, attributes, describe });
  }

  #modes(bitset: Attributes): string[] {
    const names = this.#namesOf(StringSet.linkModes);
    return [...decodeBitset(bitset)].flatMap((place) => linkModeName(names[place] ?? ""));
  }

  /** What the bits of a set are called: the running kernel knows, and it does not change. */
  #namesOf(set: number): readonly string[] {
    const known = this.#names.get(set);
    if (known !== undefined) return known;
    const wanted = [[StringAttribute.set, [[StringAttribute.id, set]]]] as const;
    const [answer] = this.#family.request({
      command: EthtoolMessage.getStrings,
      version: ethtoolFamily.version,
      attributes: [
        [EthtoolHeader.attribute, compact],
        [StringAttribute.sets, wanted],
      ],
      describe: () => `Cannot read the names of the string set ${set}`,
    });
    const names: string[] = [];
    const strings = answer?.nested(StringAttribute.sets).nested(StringAttribute.set).elements(StringAttribute.strings);
    for (const string of strings ?? []) {
      const index = string.number(StringAttribute.index);
      if (index !== undefined && index < 4_096) names[index] = string.text(StringAttribute.value) ?? "";
    }
    this.#names.set(set, names);
    return names;
  }
}
