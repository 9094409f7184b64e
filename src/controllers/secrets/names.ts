import type { HostnameStatus } from "../../resources/network/hostname-status.ts";

/** The machine's full name; its host name when it has no domain. */
export const fullNameOf = ({ hostname, domainname }: HostnameStatus): string =>
  domainname === "" ? hostname : `${hostname}.${domainname}`;

/** `10.0.2.15/24` → `10.0.2.15` */
export const addressOf = (prefix: string): string => prefix.replace(/\/\d+$/, "");

export const unique = (items: readonly string[]): string[] => [...new Set(items)];
