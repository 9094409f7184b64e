/** `1.2 GB`, as people read sizes: steps of a thousand, two significant digits below ten. */
export function humanBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  if (unit === 0) return `${bytes} B`;
  // In two steps, as the reference does: 81.45 is 81.5, and that is 82.
  const tenths = Math.floor((bytes / 1_000 ** unit) * 10 + 0.5);
  return `${tenths < 100 ? (tenths / 10).toFixed(1) : halfToEven(tenths)} ${units[unit]}`;
}

/** Tenths as whole ones; a half goes to the even one beside it. */
function halfToEven(tenths: number): number {
  const whole = Math.floor(tenths / 10);
  const rest = tenths - whole * 10;
  return rest > 5 || (rest === 5 && whole % 2 === 1) ? whole + 1 : whole;
}

/** A year is twelve months of thirty days here: nobody counts on "1 year from now". */
const spans: readonly (readonly [ms: number, name: string])[] = [
  [31_104_000_000, "year"],
  [2_592_000_000, "month"],
  [604_800_000, "week"],
  [86_400_000, "day"],
  [3_600_000, "hour"],
  [60_000, "minute"],
  [1_000, "second"],
];

/** `2 hours ago`, `1 year from now`: the largest unit that fits, rounded down. */
export function humanTime(when: Date, now: Date): string {
  const distanceMs = when.getTime() - now.getTime();
  const [unitMs, name] = spans.find(([ms]) => Math.abs(distanceMs) >= ms) ?? [0, ""];
  if (unitMs === 0) return "now";
  const count = Math.floor(Math.abs(distanceMs) / unitMs);
  return `${count} ${name}${count === 1 ? "" : "s"} ${distanceMs < 0 ? "ago" : "from now"}`;
}

/** `1h2m3s ago`, whole seconds. */
export function ago(when: Date, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - when.getTime()) / 1_000));
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60), seconds % 60];
  return `${h > 0 ? `${h}h` : ""}${h + m > 0 ? `${m}m` : ""}${s}s ago`;
}
