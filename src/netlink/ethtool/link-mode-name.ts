/** Ways to correct errors, which the kernel calls by plain words. */
const corrections: ReadonlySet<string> = new Set(["None", "RS", "BASER", "LLRS"]);

/** `1000baseT/Full`, `Asym/Pause`, `FEC/RS`: the kernel's names, in the form people read them in. None for a gap. */
export function linkModeName(name: string): string[] {
  if (name === "") return [];
  return [corrections.has(name) ? `FEC/${name.toUpperCase()}` : name.replaceAll("_", "/")];
}
