import { Failure } from "../../../errors/failure.ts";
import { run } from "../host-program.ts";
import { ensureBridge, linkName, placeOnBridge, planBridge, removeLink } from "../network/bridge.ts";
import { hardwareAddressOf } from "../network/hardware-address.ts";
import { choosePorts } from "../ports.ts";
import type { MachineOrder, Provisioner } from "../provisioner.ts";
import type { ProvisionerOptions } from "../provisioners.ts";
import type { NodePorts } from "../state.ts";
import { guestAddress, hostAddress, type MachineNetwork } from "./command-line.ts";

/** How virtual machines are connected: part of what a provisioner is. */
export interface QemuNetwork
  extends Pick<Provisioner, "cidr" | "subnet" | "place" | "hostAddress" | "serverAddress" | "leavings" | "prepare"> {
  /** Makes ready what a machine is plugged into. */
  connect(order: MachineOrder): Promise<MachineNetwork>;
}

/** QEMU plays the network, for one machine: the host's loopback leads to it, and it sees nobody else. */
export const userNetwork: QemuNetwork = {
  cidr: undefined,
  place: (_, before) => ({ address: guestAddress, host: "127.0.0.1", ports: portsOf(before?.ports) }),
  hostAddress,
  serverAddress: "127.0.0.1",
  leavings: () => [],
  prepare: async () => undefined,
  connect: async ({ node, place, exposedPorts, extraNics }) => ({
    ...{ kind: "user", hostname: node, ports: place.ports, exposed: exposedPorts, extraNics },
  }),
};

/** @throws Failure when Kubernetes cannot be where certificates and configs say that it is. */
function portsOf(before: NodePorts | undefined): NodePorts {
  const ports = choosePorts(before);
  if (before === undefined || ports.kubernetes === before.kubernetes) return ports;
  throw new Failure(`Cannot start the machine again: another program listens at 127.0.0.1:${before.kubernetes}`, {
    hint: "its Kubernetes was reached there, and its config says so; stop the other, or destroy this cluster",
  });
}

/**
 * Machines on a bridge of the host, with addresses from the cluster's own server.
 * @throws Failure when this host or this user cannot.
 */
export async function bridgeNetwork({ name, cidr }: ProvisionerOptions): Promise<QemuNetwork> {
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    throw new Failure("Cannot run several machines in QEMU: their network is a bridge, which needs root on Linux", {
      hint: "run the same command with sudo, or leave out --workers, --controlplanes and --cidr",
    });
  const bridge = await planBridge(name, cidr);
  const { subnet } = bridge;
  return {
    cidr: subnet.cidr,
    subnet,
    place: (taken, before) => placeOnBridge(bridge, taken, before),
    hostAddress: subnet.hostAddress,
    serverAddress: subnet.hostAddress,
    leavings: (nodes) => [...nodes, name].map((owner) => `link ${linkName(owner)}`),
    prepare: () => ensureBridge(bridge),
    async connect({ node, exposedPorts, extraNics }) {
      if (exposedPorts.length > 0)
        throw new Failure("Cannot expose ports: machines on a bridge are reached at their own addresses", {
          hint: "leave out --exposed-ports; talosctl cluster show tells the addresses",
        });
      if (extraNics.length > 0)
        throw new Failure("Cannot add network cards: machines on a bridge have one", {
          hint: "leave out --extra-nics, or --workers, --controlplanes and --cidr",
        });
      const link = linkName(node);
      await removeLink(link);
      await run("ip", "tuntap", "add", "dev", link, "mode", "tap");
      await run("ip", "link", "set", link, "master", bridge.name, "up");
      return { kind: "tap", link, hardwareAddress: hardwareAddressOf(node) };
    },
  };
}
