import { addressToBytes } from "../address.ts";
import type { Dhcp6Message } from "./message.ts";
import { Dhcp6Option, type Dhcp6OptionValue, encodeOptions } from "./options.ts";

/** What a server of a test says; left out, it gives 2001:db8::15 for an hour. */
export interface Given {
  readonly type?: "advertise" | "reply";
  readonly from?: number;
  readonly preference?: number;
  readonly isCommitted?: boolean;
  readonly address?: string | undefined;
  readonly validSeconds?: number;
  /** Of the whole message, and of its association. */
  readonly status?: number;
  readonly association?: number;
  readonly dns?: readonly string[];
}

export const serverId = (number: number): Uint8Array => Uint8Array.of(0, 3, 0, 1, 2, 0, 0, 0, 0, number);

/** The answer of a server to a client's message. */
export function answerOf(message: Dhcp6Message | undefined, given: Given): Dhcp6Message {
  if (message === undefined) throw new Error("there is nothing to answer");
  const { type = "advertise", from = 1, preference = 0, isCommitted = false, status = 0, dns = [] } = given;
  const options: Dhcp6OptionValue[] = [
    { code: Dhcp6Option.clientId, value: message.options.find(({ code }) => code === 1)?.value ?? new Uint8Array(0) },
    { code: Dhcp6Option.serverId, value: serverId(from) },
    { code: Dhcp6Option.preference, value: Uint8Array.of(preference) },
    associationOf(given),
    { code: Dhcp6Option.dns, value: Buffer.concat(dns.map(addressToBytes)) },
  ];
  if (status !== 0) options.push(statusOption(status));
  if (isCommitted) options.push({ code: Dhcp6Option.rapidCommit, value: new Uint8Array(0) });
  return { type, transaction: message.transaction, options };
}

const statusOption = (status: number): Dhcp6OptionValue => ({
  code: Dhcp6Option.status,
  value: Uint8Array.of(0, status),
});

function associationOf(given: Given): Dhcp6OptionValue {
  const { validSeconds = 3_600, association = 0 } = given;
  const address = "address" in given ? given.address : "2001:db8::15";
  const head = new Uint8Array(12);
  head[3] = 7;
  const value = new Uint8Array(24);
  value.set(addressToBytes(address ?? "::"));
  const view = new DataView(value.buffer);
  view.setUint32(16, validSeconds);
  view.setUint32(20, validSeconds);
  const inner = address === undefined ? [] : [{ code: Dhcp6Option.address, value }];
  const all = association === 0 ? inner : [...inner, statusOption(association)];
  return { code: Dhcp6Option.association, value: Buffer.concat([head, encodeOptions(all)]) };
}
