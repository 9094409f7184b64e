/** NTP counts from 1900 and Unix from 1970, both in seconds. */
const unixEpochSeconds = 2_208_988_800;
/** Seconds have 32 bits: the count begins anew in 2036, and its upper half is the one before (RFC 4330, 3). */
const eraSeconds = 2 ** 32;
const fraction = 2 ** 32;

/** Writes milliseconds since 1970 as a timestamp of 64 bits. */
export function writeTimestamp(view: DataView, at: number, unixMs: number): void {
  const seconds = unixMs / 1_000 + unixEpochSeconds;
  const whole = Math.floor(seconds);
  view.setUint32(at, whole % eraSeconds);
  view.setUint32(at + 4, Math.min(fraction - 1, Math.round((seconds - whole) * fraction)));
}

/** Reads a timestamp of 64 bits as milliseconds since 1970, between 1968 and 2104; NaN for none, all zeros. */
export function readTimestamp(view: DataView, at: number): number {
  const whole = view.getUint32(at);
  const part = view.getUint32(at + 4);
  if (whole === 0 && part === 0) return Number.NaN;
  const seconds = whole < eraSeconds / 2 ? whole + eraSeconds : whole;
  return (seconds - unixEpochSeconds + part / fraction) * 1_000;
}

/** A length of time in 32 bits, 16 of them a fraction of a second, as milliseconds. */
export const readShort = (view: DataView, at: number): number => (view.getUint32(at) / 65_536) * 1_000;
