import { Failure } from "../errors/failure.ts";

const unitMs = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1, us: 1e-3, µs: 1e-3, ns: 1e-6 } as const;
const part = /(\d+(?:\.\d+)?)(ms|us|µs|ns|h|m|s)/y;

/**
 * Milliseconds of a duration as Go writes it: `1h30m`, `300ms`, `0`.
 * @throws Failure naming the text.
 */
export function parseDuration(text: string): number {
  if (text === "0") return 0;
  const sign = text.startsWith("-") ? -1 : 1;
  part.lastIndex = sign < 0 ? 1 : 0;
  let total = 0;
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    if (match === null) throw new Failure(`Cannot parse "${text}" as a duration: expected a form like 1h30m or 500ms`);
    total += Number(match[1]) * unitMs[match[2] as keyof typeof unitMs];
  }
  if (text === "") throw new Failure(`Cannot parse "" as a duration: it is empty`);
  return sign * total;
}

/** The duration as Go prints it, `1h2m3.5s`, `250ms`, `0s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return "0s";
  const sign = ms < 0 ? "-" : "";
  const absolute = Math.abs(ms);
  if (absolute < 1_000) {
    if (absolute < 1e-3) return `${sign}${Math.round(absolute * 1e6)}ns`;
    if (absolute < 1) return `${sign}${absolute * 1e3}µs`;
    return `${sign}${absolute}ms`;
  }
  const hours = Math.floor(absolute / unitMs.h);
  const minutes = Math.floor((absolute % unitMs.h) / unitMs.m);
  const seconds = Number(((absolute % unitMs.m) / unitMs.s).toFixed(9));
  return `${sign}${hours > 0 ? `${hours}h` : ""}${hours + minutes > 0 ? `${minutes}m` : ""}${seconds}s`;
}
