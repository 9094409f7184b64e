import { encodeAssociation } from "./association.ts";
import type { Dhcp6Message, Dhcp6MessageName } from "./message.ts";
import { Dhcp6Option, type Dhcp6OptionValue } from "./options.ts";

export interface Question {
  readonly type: Dhcp6MessageName;
  /** 24 bits. */
  readonly transaction: number;
  /** Our DUID. */
  readonly clientId: Uint8Array;
  /** The server's DUID, where one is meant. */
  readonly server?: Uint8Array | undefined;
  readonly association?: { readonly id: number; readonly addresses: readonly string[] } | undefined;
  /** Since we began to ask. */
  readonly elapsedMs: number;
  readonly withFullName: boolean;
}

const wanted = [Dhcp6Option.dns, Dhcp6Option.searchDomains, Dhcp6Option.ntp, Dhcp6Option.sntp];
const asks: ReadonlySet<Dhcp6MessageName> = new Set([
  ...(["solicit", "request", "renew", "rebind", "informationRequest"] as const),
]);

/** A client's message with the options that RFC 8415 §18.2 asks for. */
export function composeQuestion(question: Question): Dhcp6Message {
  const { type, transaction, clientId, server, association, elapsedMs, withFullName } = question;
  const options: Dhcp6OptionValue[] = [{ code: Dhcp6Option.clientId, value: clientId }];
  if (server !== undefined) options.push({ code: Dhcp6Option.serverId, value: server });
  if (association !== undefined) options.push(encodeAssociation(association.id, association.addresses));
  options.push({ code: Dhcp6Option.elapsedTime, value: twoBytes(Math.floor(elapsedMs / 10)) });
  if (asks.has(type)) {
    const codes = [...wanted, ...(withFullName ? [Dhcp6Option.fullName] : []), Dhcp6Option.solicitMaximum];
    options.push({ code: Dhcp6Option.optionRequest, value: Buffer.concat(codes.map(twoBytes)) });
  }
  // A server that is alone needs no second question.
  if (type === "solicit") options.push({ code: Dhcp6Option.rapidCommit, value: new Uint8Array(0) });
  return { type, transaction, options };
}

function twoBytes(value: number): Uint8Array {
  const capped = Math.min(0xffff, value);
  return Uint8Array.of(capped >> 8, capped & 0xff);
}
