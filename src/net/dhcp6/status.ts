import { Dhcp6Option, type Dhcp6Options, optionOf } from "./options.ts";

/** What a server says of what it was asked, RFC 8415 §21.13. */
export const statuses = [
  "success",
  "unspecifiedFailure",
  "noAddressAvailable",
  "noBinding",
  "notOnLink",
  "useMulticast",
] as const;

export type Dhcp6Status = (typeof statuses)[number];

/** Without a word all is well; with one that nobody knows it is not. */
export function statusOf(options: Dhcp6Options): Dhcp6Status {
  const value = optionOf(options, Dhcp6Option.status);
  if (value === undefined) return "success";
  const [high = 0, low = 0] = value;
  return statuses[value.length < 2 ? 1 : high * 256 + low] ?? "unspecifiedFailure";
}
