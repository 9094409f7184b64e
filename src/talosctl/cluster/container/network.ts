import { readdirSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { Failure } from "../../../errors/failure.ts";
import { run } from "./run.ts";

/** The link between the host and one container. */
export interface ContainerNetwork {
  /** Name of the network namespace, as `ip netns` lists it. */
  readonly namespace: string;
  /** Host's end of the pair. */
  readonly link: string;
  readonly hostAddress: string;
  readonly containerAddress: string;
}

const subnets = 256;

/** Names and addresses for a cluster: those that it has already, else the first subnet that the host does not use. */
export function planNetwork(cluster: string): ContainerNetwork {
  const digest = new Bun.CryptoHasher("sha256").update(cluster).digest("hex").slice(0, 8);
  const link = `talos-${digest}`; // a link's name has at most 15 bytes
  const interfaces = networkInterfaces();
  const own = interfaces[link]?.find(({ family }) => family === "IPv4")?.address;
  const taken = new Set(
    Object.values(interfaces).flatMap((addresses) => (addresses ?? []).map(({ address }) => address)),
  );
  const free = Array.from({ length: subnets }, (_, index) => `10.5.${index}.1`).find((address) => !taken.has(address));
  const hostAddress = own ?? free;
  if (hostAddress === undefined) throw new Failure("Cannot connect a container: every subnet of 10.5.0.0/16 is in use");
  return {
    namespace: `machined-${cluster}`,
    link,
    hostAddress,
    containerAddress: hostAddress.replace(/1$/, "2"),
  };
}

/**
 * Makes the network namespace with a virtual cable to the host. There is no way beyond the host: images come from the
 * cluster's own server, and no packet filter of the host needs changing.
 */
export async function createNetwork(network: ContainerNetwork): Promise<void> {
  const { namespace, link, hostAddress, containerAddress } = network;
  await removeNetwork(namespace);
  // The kernel takes its time to remove the cable with the namespace, and its name must be free.
  if (networkInterfaceNames().includes(link)) await run("ip", "link", "delete", link).catch(() => undefined);
  await run("ip", "netns", "add", namespace);
  await run("ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", namespace);
  await run("ip", "address", "add", `${hostAddress}/24`, "dev", link);
  await run("ip", "link", "set", link, "up");
  const inside = ["ip", "-n", namespace] as const;
  await run(...inside, "link", "set", "lo", "up");
  await run(...inside, "address", "add", `${containerAddress}/24`, "dev", "eth0");
  await run(...inside, "link", "set", "eth0", "up");
  await run(...inside, "route", "add", "default", "via", hostAddress);
}

/** Removes the namespace; the cable goes with it. */
export async function removeNetwork(namespace: string): Promise<void> {
  const listed = await run("ip", "netns", "list");
  const exists = listed.split("\n").some((line) => line.split(" ")[0] === namespace);
  if (exists) await run("ip", "netns", "delete", namespace);
}

/** Also those without an address. */
const networkInterfaceNames = (): string[] => readdirSync("/sys/class/net");
