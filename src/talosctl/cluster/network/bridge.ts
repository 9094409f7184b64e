import { run } from "../host-program.ts";
import { machinePorts } from "../ports.ts";
import type { NodePlace } from "../provisioner.ts";
import { type ClusterSubnet, chooseSubnet, parseSubnet } from "./subnet.ts";

/** The switch that a cluster's machines and the host are plugged into. */
export interface Bridge {
  /** Name of the host's link. */
  readonly name: string;
  readonly subnet: ClusterSubnet;
}

/** The name of a link on the host that belongs to a cluster or a machine; it has room for 15 bytes. */
export const linkName = (owner: string): string =>
  `talos${new Bun.CryptoHasher("sha256").update(owner).digest("hex").slice(0, 10)}`;

/**
 * The bridge of a cluster. Nothing is made.
 * @param cidr what it had before, or is asked to have.
 */
export async function planBridge(cluster: string, cidr: string | undefined): Promise<Bridge> {
  const subnet = cidr === undefined ? chooseSubnet(cluster, await hostAddresses()) : parseSubnet(cidr);
  return { name: linkName(cluster), subnet };
}

/**
 * Makes the bridge; an existing one is kept with what is plugged in. There is no way beyond the host: images come from
 * the cluster's own server, and no packet filter of the host needs changing.
 */
export async function ensureBridge({ name, subnet }: Bridge): Promise<void> {
  const address = `${subnet.hostAddress}/${subnet.prefixLength}`;
  const found = (await links()).find((link) => link.ifname === name);
  if (found === undefined) await run("ip", "link", "add", name, "type", "bridge");
  await run("ip", "address", "replace", address, "dev", name);
  await run("ip", "link", "set", name, "up");
}

/** Removes a link of the host, if it is there. */
export async function removeLink(name: string): Promise<void> {
  if ((await links()).some((link) => link.ifname === name)) await run("ip", "link", "delete", name);
}

interface Link {
  readonly ifname: string;
  readonly addr_info?: readonly { readonly family: string; readonly local: string }[];
}

/** Also links that are down, and bridges without a machine, which the runtime's own list leaves out. */
const links = async (): Promise<Link[]> => JSON.parse(await run("ip", "-json", "address", "show"));

const hostAddresses = async (): Promise<string[]> =>
  (await links()).flatMap(({ addr_info: addresses = [] }) =>
    addresses.filter(({ family }) => family === "inet").map(({ local }) => local),
  );

/** A machine is on its cluster's bridge as the host sees it: at its own address, and at the usual ports. */
export function placeOnBridge(
  { subnet }: Bridge,
  taken: readonly NodePlace[],
  before: NodePlace | undefined,
): NodePlace {
  const addresses = taken.map((place) => place.address);
  const keeps = before !== undefined && subnet.contains(before.address) && !addresses.includes(before.address);
  const address = keeps ? before.address : subnet.freeAddress(addresses);
  return { address, host: address, ports: machinePorts };
}
