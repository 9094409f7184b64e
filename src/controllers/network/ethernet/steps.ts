import { Failure } from "../../../errors/failure.ts";
import type { Ethtool, NamedLink } from "../../../netlink/ethtool/ethtool.ts";
import type { Feature } from "../../../netlink/ethtool/feature.ts";
import type { EthernetSpec } from "../../../resources/network/ethernet-spec.ts";
import { wakeOnLanMode } from "../../../resources/network/link-names.ts";

/** One thing of a link's hardware that is not as it should be. */
export interface Step {
  readonly name: string;
  readonly from: unknown;
  readonly to: unknown;
  /** @throws NetlinkError when the device refuses */
  readonly take: () => void;
}

/** What there may be to do; each looks for itself. @throws Failure when it can never be as it should */
type StepOf = (spec: EthernetSpec, ethtool: Ethtool, link: NamedLink) => Step | undefined;

const rings: StepOf = (spec, ethtool, link) => {
  if (spec.rings === undefined) return undefined;
  const from = ethtool.rings().get(link.index);
  const to = differing(spec.rings, from);
  return to && { name: "rings", from, to, take: () => ethtool.setRings(link, to) };
};

const features: StepOf = (spec, ethtool, link) => {
  if (spec.features === undefined) return undefined;
  const known = new Map((ethtool.features().get(link.index) ?? []).map((feature) => [feature.name, feature]));
  const wanted = Object.entries(spec.features);
  const different = wanted.filter(([name, isOn]) => {
    const feature = known.get(name);
    return feature !== undefined && !feature.isFixed && feature.isWanted !== isOn;
  });
  // What cannot be is told once the others are as they should be.
  if (different.length === 0) for (const [name, isOn] of wanted) refuseImpossible(name, isOn, known.get(name), link);
  if (different.length === 0) return undefined;
  const to = Object.fromEntries(different);
  return { name: "features", from: undefined, to, take: () => ethtool.setFeatures(link, to) };
};

function refuseImpossible(name: string, isOn: boolean, feature: Feature | undefined, link: NamedLink): void {
  if (feature === undefined)
    throw new Failure(`Cannot set the feature "${name}" of ${link.name}: there is none of this name`);
  if (!feature.isFixed || feature.isActive === isOn) return;
  throw new Failure(
    `Cannot turn ${isOn ? "on" : "off"} the feature "${name}" of ${link.name}: the driver does not let it change`,
  );
}

const channels: StepOf = (spec, ethtool, link) => {
  if (spec.channels === undefined) return undefined;
  const from = ethtool.channels().get(link.index);
  const to = differing(spec.channels, from);
  return to && { name: "channels", from, to, take: () => ethtool.setChannels(link, to) };
};

const wakeOnLan: StepOf = (spec, ethtool, link) => {
  if (spec.wakeOnLan === undefined) return undefined;
  const to = spec.wakeOnLan.reduce((mask, mode) => mask | wakeOnLanMode.numbers[mode], 0);
  const from = ethtool.wakeOnLan().get(link.index);
  if (from === to) return undefined;
  return { name: "wake-on-LAN", from, to: spec.wakeOnLan, take: () => ethtool.setWakeOnLan(link, to) };
};

/** In the order of the reference. */
export const ethernetSteps: readonly StepOf[] = [rings, features, channels, wakeOnLan];

/** Those settings that the link has otherwise. What it does not have at all, it will refuse itself. */
function differing<S extends object>(wanted: S, current: Partial<S> = {}): Partial<S> | undefined {
  const now: ReadonlyMap<string, unknown> = new Map(Object.entries(current));
  const different = Object.entries(wanted).filter(([name, value]) => value !== undefined && now.get(name) !== value);
  return different.length === 0 ? undefined : (Object.fromEntries(different) as Partial<S>);
}
