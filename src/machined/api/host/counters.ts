/** `rxBytes` → `rx_bytes`: the proto's spelling of a counter. */
export const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Renames every counter for the wire. */
export const toWire = <T>(counters: object): T =>
  Object.fromEntries(Object.entries(counters).map(([name, value]) => [snakeCase(name), value])) as T;

/** The sum of each counter over all rows. */
export function total<K extends string>(
  names: readonly K[],
  rows: readonly Readonly<Record<K, number>>[],
): Record<K, number> {
  const sums = names.map((name) => [name, rows.reduce((sum, row) => sum + row[name], 0)]);
  return Object.fromEntries(sums) as Record<K, number>;
}
