import { decodeSearchList } from "../dhcp/search-list.ts";
import { type DhcpMessage, decodeInet4 } from "./message.ts";
import { DhcpOption, type DhcpOptions } from "./options.ts";

/** What a server gave us. */
export interface Lease {
  readonly address: string;
  readonly prefixLength: number;
  /** The server's identifier, an address. */
  readonly server: string;
  readonly routes: readonly LeaseRoute[];
  readonly dns: readonly string[];
  readonly ntp: readonly string[];
  readonly hostname: string | undefined;
  readonly domain: string | undefined;
  readonly searchDomains: readonly string[];
  readonly mtu: number | undefined;
  /** Infinity for a lease without end. */
  readonly leaseSeconds: number;
  /** After the start of the lease: ask the same server (T1), then any server (T2). */
  readonly renewSeconds: number;
  readonly rebindSeconds: number;
}

export interface LeaseRoute {
  /** `0.0.0.0/0` is the default route. */
  readonly destination: string;
  /** Undefined: the destination is on the link itself. */
  readonly gateway: string | undefined;
}

const defaultLeaseSeconds = 1_800;
const shortestRenewSeconds = 5;
const endless = 0xffffffff;
const smallestMtu = 68;
const noAddress = "0.0.0.0";

/** The lease that an offer or acknowledgement describes; undefined when it lacks an address or the server's name. */
export function leaseOf({ yourAddress, options }: DhcpMessage): Lease | undefined {
  const [server] = addresses(options.get(DhcpOption.server));
  if (server === undefined || !isOfHost(yourAddress)) return undefined;
  const mtu = number(options.get(DhcpOption.mtu), 2);
  return {
    address: yourAddress,
    prefixLength: prefixLength(options.get(DhcpOption.subnetMask)) ?? classfulLength(yourAddress),
    server,
    routes: routesOf(options),
    dns: addresses(options.get(DhcpOption.dns)).filter(isOfHost),
    ntp: addresses(options.get(DhcpOption.ntp)).filter(isOfHost),
    hostname: text(options.get(DhcpOption.hostname)),
    domain: text(options.get(DhcpOption.domain)),
    searchDomains: decodeSearchList(options.get(DhcpOption.domainSearch) ?? new Uint8Array(0)),
    mtu: mtu === undefined || mtu < smallestMtu ? undefined : mtu,
    ...timesOf(options),
  };
}

function timesOf(options: DhcpOptions): Pick<Lease, "leaseSeconds" | "renewSeconds" | "rebindSeconds"> {
  const given = number(options.get(DhcpOption.leaseTime), 4) ?? defaultLeaseSeconds;
  const leaseSeconds = given === endless ? Number.POSITIVE_INFINITY : Math.max(shortestRenewSeconds, given);
  const rebindSeconds = Math.min(
    leaseSeconds,
    Math.max(shortestRenewSeconds, number(options.get(DhcpOption.rebindingTime), 4) ?? leaseSeconds * 0.875),
  );
  const renewSeconds = Math.min(
    rebindSeconds,
    Math.max(shortestRenewSeconds, number(options.get(DhcpOption.renewalTime), 4) ?? leaseSeconds * 0.5),
  );
  return { leaseSeconds, renewSeconds, rebindSeconds };
}

/** With classless routes the router option must be ignored, RFC 3442. */
function routesOf(options: DhcpOptions): LeaseRoute[] {
  const classless = options.get(DhcpOption.classlessRoutes);
  if (classless !== undefined) return classlessRoutes(classless);
  const [gateway] = addresses(options.get(DhcpOption.router));
  return gateway === undefined || !isOfHost(gateway) ? [] : [{ destination: "0.0.0.0/0", gateway }];
}

function classlessRoutes(bytes: Uint8Array): LeaseRoute[] {
  const routes: LeaseRoute[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = bytes[at] ?? 0;
    const significant = Math.ceil(length / 8);
    if (length > 32 || at + 1 + significant + 4 > bytes.length) break;
    const destination = new Uint8Array(4);
    destination.set(bytes.subarray(at + 1, at + 1 + significant));
    // The kernel refuses a destination with bits beyond its length.
    if (length % 8 !== 0) destination[significant - 1] = (destination[significant - 1] ?? 0) & (0xff00 >> (length % 8));
    const gateway = decodeInet4(bytes, at + 1 + significant);
    routes.push({
      destination: `${decodeInet4(destination)}/${length}`,
      gateway: gateway === noAddress ? undefined : gateway,
    });
    at += 1 + significant + 4;
  }
  return routes;
}

/** Not nowhere, this host itself, a group or everyone: RFC 1122 §3.2.1.3. */
function isOfHost(address: string): boolean {
  const first = Number.parseInt(address, 10);
  return first !== 0 && first !== 127 && first < 224;
}

function addresses(value: Uint8Array | undefined): string[] {
  const count = Math.floor((value?.length ?? 0) / 4);
  return Array.from({ length: count }, (_, index) => decodeInet4(value ?? new Uint8Array(0), index * 4));
}

function number(value: Uint8Array | undefined, size: number): number | undefined {
  return value?.length === size ? value.reduce((sum, byte) => sum * 256 + byte, 0) : undefined;
}

/** Some servers end texts with NUL. Names that are no names would end up in files: they are left out. */
function text(value: Uint8Array | undefined): string | undefined {
  const decoded = Buffer.from(value ?? [])
    .toString("latin1")
    .replace(/\0.*$/s, "");
  return /^[\w.-]+$/.test(decoded) ? decoded : undefined;
}

function prefixLength(mask: Uint8Array | undefined): number | undefined {
  const bits = number(mask, 4);
  if (bits === undefined) return undefined;
  const length = Math.clz32(~bits >>> 0);
  // Ones after a zero are no mask.
  return 2 ** 32 - 2 ** (32 - length) === bits ? length : undefined;
}

function classfulLength(address: string): number {
  const [first = 0] = address.split(".").map(Number);
  if (first < 128) return 8;
  return first < 192 ? 16 : 24;
}
