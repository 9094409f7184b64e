import { Failure } from "../../../errors/failure.ts";
import { addressFromBytes, addressToBytes } from "../../../net/address.ts";

/** The addresses of a cluster: the host has the first, its machines those that follow. */
export interface ClusterSubnet {
  /** `10.5.0.0/24`. */
  readonly cidr: string;
  readonly prefixLength: number;
  readonly hostAddress: string;
  /** The mask as DHCP and netmasks write it. */
  readonly mask: string;
  contains(address: string): boolean;
  /**
   * The lowest address that is not taken.
   * @throws Failure when there is none left.
   */
  freeAddress(taken: readonly string[]): string;
}

/** @throws Failure when it is no IPv4 network in which several machines have room. */
export function parseSubnet(cidr: string): ClusterSubnet {
  const [text = "", length = ""] = cidr.split("/");
  const prefixLength = Number(length);
  if (!/^\d+(\.\d+){3}$/.test(text) || !/^\d+$/.test(length) || prefixLength < 8 || prefixLength > 29)
    throw new Failure(
      `Cannot use "${cidr}" as a cluster's network: expected IPv4 with 8 to 29 bits, such as 10.5.0.0/24`,
    );
  const mask = (0xffff_ffff << (32 - prefixLength)) >>> 0;
  const network = (toNumber(text) & mask) >>> 0;
  const size = 2 ** (32 - prefixLength);
  const hostAddress = toText(network + 1);
  return {
    cidr: `${toText(network)}/${prefixLength}`,
    prefixLength,
    hostAddress,
    mask: toText(mask),
    contains: (address) => (toNumber(address) & mask) >>> 0 === network,
    freeAddress(taken) {
      // The last one is the broadcast address.
      for (let index = 2; index < size - 1; index += 1) {
        const address = toText(network + index);
        if (!taken.includes(address)) return address;
      }
      throw new Failure(`Cannot place a machine in ${cidr}: every address is taken`, {
        hint: "give the cluster a larger network with --cidr",
      });
    },
  };
}

const candidates = 256;

/**
 * The network of a cluster that was not given one: a /24 of 10.5.0.0/16 that holds no address of the host. Each
 * cluster begins its search elsewhere, so that two that are made at the same moment do not meet.
 */
export function chooseSubnet(cluster: string, hostAddresses: readonly string[]): ClusterSubnet {
  const first = new Bun.CryptoHasher("sha256").update(cluster).digest()[0] ?? 0;
  for (let index = 0; index < candidates; index += 1) {
    const subnet = parseSubnet(`10.5.${(first + index) % candidates}.0/24`);
    if (!hostAddresses.some(subnet.contains)) return subnet;
  }
  throw new Failure("Cannot find a network for the cluster: every /24 of 10.5.0.0/16 is in use", {
    hint: "choose another with --cidr",
  });
}

const toNumber = (address: string): number => new DataView(addressToBytes(address).buffer).getUint32(0);

function toText(number: number): string {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, number >>> 0);
  return addressFromBytes(bytes);
}
