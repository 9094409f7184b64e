import { run } from "../host-program.ts";
import { type Bridge, removeLink } from "../network/bridge.ts";

/** How one container is plugged into its cluster's bridge. */
export interface ContainerCable {
  /** Name of the network namespace, as `ip netns` lists it. */
  readonly namespace: string;
  /** The end on the host; the other one is eth0. */
  readonly hostEnd: string;
  readonly address: string;
}

/** Makes the network namespace with a virtual cable to the bridge, and the route beyond it. */
export async function plugIn({ namespace, hostEnd, address }: ContainerCable, { name, subnet }: Bridge): Promise<void> {
  await removeNamespace(namespace);
  // The kernel takes its time to remove the cable with the namespace, and its name must be free.
  await removeLink(hostEnd).catch(() => undefined);
  await run("ip", "netns", "add", namespace);
  await run("ip", "link", "add", hostEnd, "type", "veth", "peer", "name", "eth0", "netns", namespace);
  await run("ip", "link", "set", hostEnd, "master", name, "up");
  const inside = ["ip", "-n", namespace] as const;
  await run(...inside, "link", "set", "lo", "up");
  await run(...inside, "address", "add", `${address}/${subnet.prefixLength}`, "dev", "eth0");
  await run(...inside, "link", "set", "eth0", "up");
  await run(...inside, "route", "add", "default", "via", subnet.hostAddress);
}

/** Removes the namespace; the cable goes with it. */
export async function removeNamespace(namespace: string): Promise<void> {
  const listed = await run("ip", "netns", "list");
  const exists = listed.split("\n").some((line) => line.split(" ")[0] === namespace);
  if (exists) await run("ip", "netns", "delete", namespace);
}
