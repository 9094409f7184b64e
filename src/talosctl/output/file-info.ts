/**
 * Bits of a file mode as the API carries it: permissions as usual, kinds in the upper bits from 31 down. One letter
 * each: directory, append-only, exclusive, temporary, link, device, pipe, socket, setuid, setgid, character device,
 * sticky, other.
 */
const kinds = "dalTLDpSugct?";

/** `drwxr-xr-x`, `Lrwxrwxrwx`. */
export function fileMode(mode: number): string {
  const kind = [...kinds].filter((_, index) => mode & (2 ** (31 - index))).join("");
  const permissions = [..."rwxrwxrwx"].map((letter, index) => (mode & (1 << (8 - index)) ? letter : "-")).join("");
  return (kind || "-") + permissions;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

const sixMonthsMs = 180 * 86_400_000;

/** `Nov 21 03:24:22` of what is recent, `Nov 14 2023 22:13` of what is not; in UTC, as machines count. */
export function lastModified(when: Date, now: Date): string {
  const day = `${months[when.getUTCMonth()]} ${String(when.getUTCDate()).padStart(2)}`;
  const time = when.toISOString();
  const isRecent = now.getTime() - when.getTime() < sixMonthsMs;
  return isRecent ? `${day} ${time.slice(11, 19)}` : `${day} ${when.getUTCFullYear()} ${time.slice(11, 16)}`;
}
