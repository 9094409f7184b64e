import { Failure } from "../errors/failure.ts";

/** As etcd's tools show it: 16 hexadecimal digits. */
export const formatMemberId = (id: bigint): string => BigInt.asUintN(64, id).toString(16).padStart(16, "0");

/** @throws Failure when the text is no such id. */
export function parseMemberId(text: string): bigint {
  if (!/^[0-9a-f]{1,16}$/i.test(text)) {
    throw new Failure(`Cannot read "${text}" as the id of an etcd member: expected up to 16 hexadecimal digits`, {
      hint: "talosctl etcd members shows the ids",
    });
  }
  return BigInt(`0x${text}`);
}
