/** What becomes of a flag that the configuration gives, too: it replaces ours unless the table says otherwise. */
export type MergePolicy = "additive" | "denied";
export type MergePolicies = Readonly<Record<string, MergePolicy>>;
/** Flags without their leading dashes. */
export type Flags = Readonly<Record<string, string>>;

export interface MergedFlags {
  readonly flags: Flags;
  /** Those that were not taken, sorted. */
  readonly denied: readonly string[];
}

/**
 * Lays the owner's flags over ours. Lists of an `additive` flag are joined, ours first, each item once; a `denied` one
 * stays as it is, or away.
 */
export function mergeFlags(ours: Flags, extra: Flags, policies: MergePolicies): MergedFlags {
  const flags = new Map(Object.entries(ours));
  const denied: string[] = [];
  for (const [name, value] of Object.entries(extra)) {
    const policy = policies[name];
    if (policy === "denied") denied.push(name);
    else flags.set(name, policy === "additive" ? joined(flags.get(name) ?? "", value) : value);
  }
  return { flags: Object.fromEntries(flags), denied: denied.toSorted() };
}

/** As a command line has them, in a stable order: a pod is restarted when its text changes. */
export const argumentsOf = (flags: Flags): string[] =>
  Object.entries(flags)
    .map(([name, value]) => `--${name}=${value}`)
    .toSorted();

function joined(ours: string, extra: string): string {
  const items = [...ours.split(","), ...extra.split(",")].map((item) => item.trim());
  return [...new Set(items.filter((item) => item !== ""))].join(",");
}
