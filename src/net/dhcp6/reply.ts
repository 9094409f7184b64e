import { addressFromBytes } from "../address.ts";
import { decodeSearchList } from "../dhcp/search-list.ts";
import { type Association, findAssociation } from "./association.ts";
import type { Dhcp6Message } from "./message.ts";
import { Dhcp6Option, type Dhcp6Options, decodeOptions, optionOf } from "./options.ts";
import { type Dhcp6Status, statusOf } from "./status.ts";

/** What a server tells every client of its network. */
export interface NetworkNames {
  readonly dns: readonly string[];
  readonly searchDomains: readonly string[];
  /** Addresses and names. */
  readonly ntp: readonly string[];
  /** The full name that the server has for us, `node-1.example.org`. */
  readonly fullName: string | undefined;
}

/** A server's advertisement or reply. */
export interface ServerWord extends NetworkNames {
  /** Its DUID; empty when it does not say. */
  readonly server: Uint8Array;
  /** 0 to 255; the higher, the sooner it is to be chosen. */
  readonly preference: number;
  readonly status: Dhcp6Status;
  readonly isCommitted: boolean;
  readonly association: Association | undefined;
  /** How long to wait at most between questions that nobody answers; undefined: as usual. */
  readonly longestRetryMs: number | undefined;
}

const largestDuid = 130;
/** RFC 8415 §21.24: others are to be ignored. */
const retryLimits = [60, 86_400] as const;

/** Reads what a server says to us; undefined when it is said to somebody else or by nobody. RFC 8415 §16. */
export function readServerWord(
  { options }: Dhcp6Message,
  clientId: Uint8Array,
  associationId: number,
): ServerWord | undefined {
  const server = optionOf(options, Dhcp6Option.serverId) ?? new Uint8Array(0);
  const client = optionOf(options, Dhcp6Option.clientId) ?? new Uint8Array(0);
  if (server.length > largestDuid || Buffer.compare(client, clientId) !== 0) return undefined;
  const longest = number(optionOf(options, Dhcp6Option.solicitMaximum));
  return {
    server,
    preference: optionOf(options, Dhcp6Option.preference)?.[0] ?? 0,
    status: statusOf(options),
    isCommitted: optionOf(options, Dhcp6Option.rapidCommit) !== undefined,
    association: findAssociation(options, associationId),
    longestRetryMs: longest === undefined || !isWithin(longest, retryLimits) ? undefined : longest * 1_000,
    ...namesOf(options),
  };
}

function namesOf(options: Dhcp6Options): NetworkNames {
  const ntp = ntpServers(optionOf(options, Dhcp6Option.ntp));
  return {
    dns: addresses(optionOf(options, Dhcp6Option.dns)),
    searchDomains: decodeSearchList(optionOf(options, Dhcp6Option.searchDomains) ?? new Uint8Array(0)),
    ntp: ntp.length > 0 ? ntp : addresses(optionOf(options, Dhcp6Option.sntp)),
    fullName: fullNameOf(optionOf(options, Dhcp6Option.fullName)),
  };
}

const NtpPart = { server: 1, multicast: 2, name: 3 } as const;

/** RFC 5908: servers by address or name; groups are left out. */
const ntpServers = (value: Uint8Array | undefined): string[] =>
  decodeOptions(value ?? new Uint8Array(0)).flatMap(({ code, value: part }) => {
    if (code === NtpPart.server) return addresses(part);
    return code === NtpPart.name ? decodeSearchList(part).slice(0, 1) : [];
  });

/** RFC 4704: flags, then a name, which has no end when it is only the first part of one. */
const fullNameOf = (value: Uint8Array | undefined): string | undefined =>
  value === undefined ? undefined : decodeSearchList(Uint8Array.of(...value.subarray(1), 0))[0];

const inet6Size = 16;
const isAnywhere = (bytes: Uint8Array) => bytes.some((byte) => byte !== 0) && bytes[0] !== 0xff;

function addresses(value: Uint8Array = new Uint8Array(0)): string[] {
  const count = Math.floor(value.length / inet6Size);
  return Array.from({ length: count }, (_, index) => value.subarray(index * inet6Size, (index + 1) * inet6Size))
    .filter(isAnywhere)
    .map((bytes) => addressFromBytes(bytes));
}

const number = (value: Uint8Array | undefined): number | undefined =>
  value?.length === 4 ? value.reduce((sum, byte) => sum * 256 + byte, 0) : undefined;

const isWithin = (value: number, [low, high]: readonly [number, number]): boolean => value >= low && value <= high;
