import { bondMasterFields } from "../../../resources/network/bond-master.ts";
import type { LinkSpec } from "../../../resources/network/link-spec.ts";

export type BondMaster = NonNullable<LinkSpec["bondMaster"]>;

/** A bond that is told nothing, as the kernel has it. */
const usual: BondMaster = {
  ...{ mode: "balance-rr", xmitHashPolicy: "layer2", lacpRate: "slow", arpValidate: "none", arpAllTargets: "any" },
  ...{ primaryReselect: "always", failOverMac: "none", adSelect: "stable" },
  ...{ resendIgmp: 1, lpInterval: 1, packetsPerSlave: 1, numPeerNotif: 1, tlbLogicalLb: 1 },
};

const defaultMissed = 2;
const defaultPriority = 65_535;

/**
 * A bond's settings, over the usual ones; what only some modes have is left to those.
 * @param given under the resource's names; others, and what is empty, are passed over
 */
export function bondOf(given: Readonly<Record<string, unknown>>): BondMaster {
  const said = Object.fromEntries(
    Object.entries(given).filter(
      ([name, value]) =>
        Object.hasOwn(bondMasterFields, name) && value !== undefined && value !== "" && !isEmptyList(value),
    ),
  );
  // Whether a member has a carrier is the driver's to say: newer kernels know no other way.
  const settings: BondMaster = { ...usual, ...said, useCarrier: true };
  const { mode, adLacpActive = "on", adActorSysPrio = 0, missedMax = defaultMissed } = settings;
  if (mode === "802.3ad") return { ...settings, adLacpActive, adActorSysPrio: adActorSysPrio || defaultPriority };
  return balances.has(mode) ? settings : { ...settings, missedMax };
}

/** Modes that know no probes by ARP. */
const balances: ReadonlySet<string> = new Set(["balance-tlb", "balance-alb"]);

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;
