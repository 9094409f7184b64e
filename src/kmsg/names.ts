/** Names of RFC 5424, section 6.2.1, as dmesg(1) writes them: facilities 0 to 11, before the local ones. */
const facilities = [
  "kern",
  "user",
  "mail",
  "daemon",
  "auth",
  "syslog",
  "lpr",
  "news",
  "uucp",
  "cron",
  "authpriv",
  "ftp",
] as const;
const priorities = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"] as const;

/** `kern`, `local3`; the number itself for one that has no name. */
export function facilityName(facility: number): string {
  return facilities[facility] ?? (facility >= 16 && facility < 24 ? `local${facility - 16}` : `${facility}`);
}

/** `err`; the number itself for one that has no name. */
export const priorityName = (priority: number): string => priorities[priority] ?? `${priority}`;
