import { Failure } from "../../../errors/failure.ts";
import { integer } from "../../flag.ts";

/** How long what is made is valid. */
export const hours = (preset: number) =>
  integer({ doc: "Hours of validity, from now", placeholder: "hours", default: preset });

/** Milliseconds of a number of hours. @throws Failure when it is not positive. */
export function lifetimeMs(hours: number): number {
  if (hours > 0) return hours * 3_600_000;
  throw new Failure(`Cannot issue a certificate for ${hours} hours: it would never be valid`);
}

/** The value of a flag that has no default. @throws Failure naming the flag. */
export function given(value: string | undefined, flag: string): string {
  if (value !== undefined && value !== "") return value;
  throw new Failure(`Cannot go on without --${flag}: it has no default`);
}

/** None, or the one that is given. @throws Failure when it is not an address. */
export async function addresses(ip: string | undefined): Promise<string[]> {
  if (ip === undefined || ip === "") return [];
  const { isIP } = await import("node:net");
  if (isIP(ip) === 0) throw new Failure(`Cannot use "${ip}" in a certificate: it is not an address`);
  return [ip];
}
