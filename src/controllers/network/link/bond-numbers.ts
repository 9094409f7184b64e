import type { KindSettings } from "../../../netlink/rtnetlink/link-kinds.ts";
import { bondNames } from "../../../resources/network/bond-names.ts";
import type { BondMaster } from "../wanted/bond.ts";

type Mode = BondMaster["mode"];

const lacp: readonly Mode[] = ["802.3ad"];
const balancing: readonly Mode[] = ["balance-tlb", "balance-alb"];
const probing: readonly Mode[] = ["balance-rr", "active-backup", "balance-xor", "broadcast"];

/** In which modes the kernel takes a setting at all, even as it already is (drivers/net/bonding/bond_options.c). */
const modesOf: Readonly<Record<string, readonly Mode[]>> = {
  ...{ lacpRate: lacp, adSelect: lacp, adActorSysPrio: lacp, adUserPortKey: lacp, adLacpActive: lacp },
  ...{ arpInterval: probing, arpValidate: probing, arpIpTargets: probing, nsIp6Targets: probing, missedMax: probing },
  ...{ packetsPerSlave: ["balance-rr"], tlbLogicalLb: balancing, primary: ["active-backup", ...balancing] },
};

/** What only means something while links are checked. */
const ofChecks: ReadonlySet<string> = new Set(["updelay", "downdelay", "peerNotifyDelay"]);

/** A bond that nobody told has none of these: what is taken out of the configuration goes back to it. */
const off = {
  ...{ miimon: 0, updelay: 0, downdelay: 0, peerNotifyDelay: 0, minLinks: 0, allSlavesActive: 0 },
  ...{ arpInterval: 0, arpIpTargets: [], nsIp6Targets: [] },
};

/** A bond's settings as the kernel has them: all that its mode knows. */
export function bondNumbers(settings: BondMaster): KindSettings<"bond"> {
  const { mode, miimon = 0 } = settings;
  const all = Object.entries({ ...off, ...settings });
  const entries = all.flatMap(([name, value]): [string, number | readonly string[]][] => {
    if (value === undefined || value === null || modesOf[name]?.includes(mode) === false) return [];
    if (ofChecks.has(name) && miimon === 0) return [];
    if (Array.isArray(value)) return [[name, value]];
    const numbers: Readonly<Record<string, number>> | undefined = Reflect.get(bondNames, name)?.numbers;
    return [[name, numbers?.[String(value)] ?? Number(value)]];
  });
  return Object.fromEntries(entries) as KindSettings<"bond">;
}

/** The resource's form of what the kernel has. */
export function bondMasterOf(settings: KindSettings<"bond">): BondMaster {
  const entries = Object.entries(settings).map(([name, value]): [string, unknown] => {
    if (name === "useCarrier") return [name, value === 1];
    const table = Reflect.get(bondNames, name);
    return [name, table === undefined || typeof value !== "number" ? value : table.nameOf(value)];
  });
  return Object.fromEntries(entries) as unknown as BondMaster;
}
