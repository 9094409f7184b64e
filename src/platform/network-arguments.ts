import { Failure } from "../errors/failure.ts";
import { messageOf } from "../errors/message.ts";
import { addressFromBytes, addressToBytes } from "../net/address.ts";
import type { KernelArguments } from "./kernel-arguments.ts";
import { type MadeLinkArgument, parseBondArgument, parseBridgeArgument, parseVlanArgument } from "./link-arguments.ts";

/** What the kernel's command line says about the network: `ip=`, `bond=`, `talos.hostname` and others. */
export interface NetworkArguments {
  /** With its domain, if it was given one. */
  readonly hostname: string | undefined;
  readonly links: readonly LinkArgument[];
  /** Links to make: `bond=`, `bridge=`, `vlan=`. */
  readonly madeLinks: readonly MadeLinkArgument[];
  readonly dnsServers: readonly string[];
  readonly timeServers: readonly string[];
  /** Links that are left alone unless the configuration names them; `*` stands for any characters. */
  readonly ignoredLinks: readonly string[];
  /** An argument that makes no sense is left out: a typing error must not cost the network. */
  readonly problems: readonly string[];
}

/** One `ip=`. */
export interface LinkArgument {
  /** Undefined: the first link that is no loopback. */
  readonly link: string | undefined;
  /** With its prefix length, `192.0.2.7/24`. */
  readonly address: string | undefined;
  readonly gateway: string | undefined;
  readonly dhcp: boolean;
}

/** Reads what concerns the network. */
export function networkArguments(args: KernelArguments): NetworkArguments {
  const problems: string[] = [];
  const read = <T>(name: string, parse: (value: string) => T | undefined): T[] =>
    args.all(name).flatMap((value) => {
      try {
        return parse(value) ?? [];
      } catch (thrown) {
        problems.push(messageOf(thrown));
        return [];
      }
    });
  const given = read("ip", parseIpArgument);
  const named = [args.last("talos.hostname"), ...given.map(({ hostname }) => hostname)];
  return {
    hostname: named.find((name) => name !== undefined && name !== ""),
    links: given.map(({ link, address, gateway, dhcp }) => ({ link, address, gateway, dhcp })),
    madeLinks: [
      ...read("bond", parseBondArgument),
      ...read("bridge", parseBridgeArgument),
      ...read("vlan", parseVlanArgument),
    ],
    dnsServers: given.flatMap(({ dnsServers }) => dnsServers),
    timeServers: given.flatMap(({ timeServers }) => timeServers),
    ignoredLinks: args.all("talos.network.interface.ignore"),
    problems,
  };
}

interface IpArgument extends LinkArgument {
  readonly hostname: string | undefined;
  readonly dnsServers: readonly string[];
  readonly timeServers: readonly string[];
}

/**
 * `<address>:<server>:<gateway>:<mask>:<hostname>:<link>:<autoconf>:<dns>:<dns>:<ntp>`, IPv6 in brackets, all of them
 * optional; or `<link>:dhcp`. A bare `dhcp` is what happens anyway: undefined.
 * @throws Failure naming the argument and the field
 */
export function parseIpArgument(value: string): IpArgument | undefined {
  const fields = splitFields(value);
  if (fields.length === 1 && fields[0] === "dhcp") return undefined;
  if (fields.length === 2 && fields[1] === "dhcp") return { ...nothing, link: fields[0], dhcp: true };
  const read = (index: number) => (fields[index] === "" ? undefined : fields[index]);
  const addressAt = (index: number, what: string): string | undefined => {
    const text = read(index);
    if (text === undefined) return undefined;
    try {
      return addressFromBytes(addressToBytes(text));
    } catch {
      throw new Failure(`Cannot use the kernel argument ip=${value}: the ${what} "${text}" is no address`);
    }
  };
  const address = addressAt(0, "address");
  const servers = [addressAt(7, "DNS server"), addressAt(8, "DNS server")];
  const timeServer = addressAt(9, "time server");
  return {
    link: read(5),
    address: address === undefined ? undefined : `${address}/${prefixLength(value, address, read(3))}`,
    gateway: addressAt(2, "gateway"),
    dhcp: read(6) === "dhcp",
    hostname: read(4),
    dnsServers: servers.filter((server) => server !== undefined),
    timeServers: timeServer === undefined ? [] : [timeServer],
  };
}

const nothing: IpArgument = {
  ...{ link: undefined, address: undefined, gateway: undefined, dhcp: false },
  ...{ hostname: undefined, dnsServers: [], timeServers: [] },
};

/** Splits at colons, except within the brackets of an IPv6 address. */
function splitFields(value: string): string[] {
  return [...`:${value}`.matchAll(/:(?:\[([^\]]*)\]|([^:]*))/g)].map(
    ([, inBrackets, plain]) => inBrackets ?? plain ?? "",
  );
}

/** From a mask, a number, or nothing: an address without either is alone in its network. */
function prefixLength(value: string, address: string, mask: string | undefined): number {
  const bits = addressToBytes(address).length * 8;
  if (mask === undefined) return bits;
  if (/^\d{1,3}$/.test(mask) && Number(mask) <= bits) return Number(mask);
  const digits = binaryOf(mask);
  if (digits.length === bits && /^1*0*$/.test(digits)) return digits.replaceAll("0", "").length;
  throw new Failure(`Cannot use the kernel argument ip=${value}: "${mask}" is no network mask of ${address}`);
}

function binaryOf(mask: string): string {
  try {
    return [...addressToBytes(mask)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  } catch {
    return "";
  }
}
