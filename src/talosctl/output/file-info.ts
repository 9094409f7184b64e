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

/** `Nov 14 2023 22:13`, in UTC as machines count. */
export const lastModified = (when: Date): string =>
  `${months[when.getUTCMonth()]} ${when.getUTCDate()} ${when.getUTCFullYear()} ${when.toISOString().slice(11, 16)}`;
