/** Something a driver can do: whether it does, whether that can be changed, and whether somebody asked for it. */
export interface Feature {
  /** `tx-tcp-segmentation` */
  readonly name: string;
  readonly isActive: boolean;
  readonly isWanted: boolean;
  readonly isFixed: boolean;
}

interface FeatureBits {
  readonly hardware: ReadonlySet<number>;
  readonly wanted: ReadonlySet<number>;
  readonly active: ReadonlySet<number>;
  readonly unchangeable: ReadonlySet<number>;
}

/** Features in the kernel's order; places without a name are nothing yet. */
export function featuresOf(names: readonly string[], bits: FeatureBits): Feature[] {
  return names.flatMap((name, place) =>
    name === ""
      ? []
      : {
          name,
          isActive: bits.active.has(place),
          isWanted: bits.wanted.has(place),
          isFixed: !bits.hardware.has(place) || bits.unchangeable.has(place),
        },
  );
}

/** `on`, `off [fixed]`, `off [requested on]`, as ethtool shows it. */
export function featureState({ isActive, isWanted, isFixed }: Feature): string {
  const state = isActive ? "on" : "off";
  if (isFixed) return `${state} [fixed]`;
  return isActive === isWanted ? state : `${state} [requested ${isWanted ? "on" : "off"}]`;
}
