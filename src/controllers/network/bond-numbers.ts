import type { KindSettings } from "../../netlink/rtnetlink/link-kinds.ts";
import { bondNames } from "../../resources/network/bond-names.ts";
import type { BondMaster } from "./wanted/bond.ts";

/** Settings that the kernel only takes in these modes, even as they already are. */
const only802: ReadonlySet<string> = new Set([
  "lacpRate",
  "adSelect",
  "adActorSysPrio",
  "adUserPortKey",
  "adLacpActive",
]);

/** A bond's settings as the kernel has them. */
export function bondNumbers(settings: BondMaster): KindSettings<"bond"> {
  const is802 = settings.mode === "802.3ad";
  const entries = Object.entries(settings).flatMap(([name, value]): [string, number | readonly string[]][] => {
    if (value === undefined || value === null || (only802.has(name) && !is802)) return [];
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
