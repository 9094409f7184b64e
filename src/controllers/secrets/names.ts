import { addressFromBytes, addressToBytes } from "../../net/address.ts";
import type { HostnameStatus } from "../../resources/network/hostname-status.ts";

/** The machine's full name; its host name when it has no domain. */
export const fullNameOf = ({ hostname, domainname }: HostnameStatus): string =>
  domainname === "" ? hostname : `${hostname}.${domainname}`;

/** `10.0.2.15/24` → `10.0.2.15` */
export const addressOf = (prefix: string): string => prefix.replace(/\/\d+$/, "");

/** As certificates are read: without a zone, IPv6 in its shortest form. Otherwise what was issued never looks right. */
export const canonicalAddress = (address: string): string =>
  addressFromBytes(addressToBytes(address.replace(/%.*/, "")));

export const unique = (items: readonly string[]): string[] => [...new Set(items)];
