/** `AddressStatus` of `AddressStatuses.net.talos.dev`: the plural's singular. */
export function displayTypeOf(type: string): string {
  const plural = type.slice(0, type.indexOf("."));
  if (plural.endsWith("ies")) return `${plural.slice(0, -3)}y`;
  if (/(s|sh|ch|x|z)es$/.test(plural)) return plural.slice(0, -2);
  return plural.replace(/s$/, "");
}

/** Short names besides the type's own. */
export interface Aliases {
  /** Given ones and derived short ones; `ResourceDefinition.aliases`. */
  readonly short: readonly string[];
  /** Everything that names the type, longest forms first. */
  readonly all: readonly string[];
}

/** Names people can type: `addressstatuses`, `addressstatuses.net`, …, what was given, `addressstatus`, `as`. */
export function aliasesOf(type: string, given: readonly string[], automatic = true): Aliases {
  if (!automatic) return { short: given, all: given };
  const parts = type.toLowerCase().split(".");
  const dotted = parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join("."));
  const displayType = displayTypeOf(type);
  const initials = displayType.replace(/[^A-Z]/g, "").toLowerCase();
  const derived = [displayType.toLowerCase(), ...initialsOf(initials)];
  return { short: [...given, ...derived], all: [...dotted, ...given, ...derived] };
}

function initialsOf(initials: string): string[] {
  if (initials.length < 2) return [];
  return initials.endsWith("s") ? [initials] : [initials, `${initials}s`];
}
