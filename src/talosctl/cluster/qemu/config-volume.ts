import type { ConfigVolume } from "../provisioner.ts";
import { guestAddress, hostAddress, type MachineNetwork } from "./command-line.ts";
import { isoImage } from "./iso-image.ts";

export interface ConfigVolumeOptions {
  readonly node: string;
  readonly config: Uint8Array;
  readonly network: MachineNetwork;
}

/** The volume's image. A NoCloud seed also names the machine, and says how it reaches the network. */
export function configVolumeImage(volume: ConfigVolume, { node, config, network }: ConfigVolumeOptions): Uint8Array {
  if (volume === "metal-iso") return isoImage(volume, [{ name: "CONFIG.YAML", content: config }]);
  const text = (content: string) => new TextEncoder().encode(content);
  return isoImage("cidata", [
    { name: "META-DATA", content: text(`instance-id: ${node}\nlocal-hostname: ${node}\n`) },
    { name: "NETWORK-CONFIG", content: text(networkConfig(network)) },
    { name: "USER-DATA", content: config },
  ]);
}

/** What the kernel is told, so that the machine looks for the volume. */
export const configVolumeArguments = (volume: ConfigVolume) =>
  volume === "nocloud" ? { platform: volume } : { config: volume };

/** QEMU counts cards without an address of their own from here. */
const firstHardwareAddress = "52:54:00:12:34:56";
/** QEMU's own DNS server in a network that needs no rights on the host. */
const nameserver = "10.0.2.3";

function networkConfig(network: MachineNetwork): string {
  const [address, how] =
    network.kind === "tap"
      ? [network.hardwareAddress, "dhcp4: true"]
      : [
          firstHardwareAddress,
          `addresses: [${guestAddress}/24]\n    gateway4: ${hostAddress}\n    nameservers: { addresses: [${nameserver}] }`,
        ];
  return `version: 2\nethernets:\n  first:\n    match: { macaddress: "${address}" }\n    ${how}\n`;
}
