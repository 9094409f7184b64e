import type { LinkSpec } from "../../../resources/network/link-spec.ts";

export type BondMaster = NonNullable<LinkSpec["bondMaster"]>;

/** A bond that is told nothing, as the kernel has it; link checks, without which it notices no failure, are on. */
const usual: BondMaster = {
  ...{ mode: "balance-rr", xmitHashPolicy: "layer2", lacpRate: "slow", arpValidate: "none", arpAllTargets: "any" },
  ...{ primaryReselect: "always", failOverMac: "none", adSelect: "stable", useCarrier: true },
  ...{ resendIgmp: 1, lpInterval: 1, packetsPerSlave: 1, numPeerNotif: 1, tlbLogicalLb: 1, adActorSysPrio: 65_535 },
};

const defaultMissed = 2;

/** A bond's settings, over the usual ones; what only some modes have is left to those. */
export function bondOf(given: Partial<Record<keyof BondMaster, unknown>>): BondMaster {
  const said = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined && value !== "" && !isEmptyList(value)),
  );
  const settings: BondMaster = { ...usual, ...said };
  const is8023ad = settings.mode === "802.3ad";
  return {
    ...settings,
    ...(is8023ad
      ? { adLacpActive: settings.adLacpActive ?? "on" }
      : { missedMax: settings.missedMax ?? defaultMissed }),
  };
}

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;
