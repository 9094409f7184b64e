import { Failure } from "../../../errors/failure.ts";
import { machinePorts } from "../ports.ts";
import type { Architecture, ExposedPort, ExtraNic, NodePorts } from "../state.ts";
import type { Accelerator } from "./accelerator.ts";

/** Addresses of QEMU's user networking, the same for every machine: it needs no rights on the host. */
export const guestAddress = "10.0.2.15";
/** The host's 127.0.0.1, as the machine sees it. */
export const hostAddress = "10.0.2.2";

/** Everything that QEMU is told about one machine. Sizes in MiB, paths absolute. */
export interface VirtualMachine {
  readonly name: string;
  readonly architecture: Architecture;
  readonly accelerator: Accelerator;
  readonly cpus: number;
  readonly memoryMib: number;
  readonly disk: string;
  /** Another disk, which the machine only reads: its config. */
  readonly configVolume?: string;
  readonly console: string;
  readonly monitor: string;
  readonly pidFile: string;
  /** File with what must not be seen in the process list; see `bootConfig`. */
  readonly bootConfig: string;
  readonly network: MachineNetwork;
  /** More of QEMU's own arguments: what a test wants and no cluster has. */
  readonly more?: readonly string[];
}

/** Networking without rights on the host, or a link of a bridge on it. */
export type MachineNetwork =
  | {
      readonly kind: "user";
      readonly hostname: string;
      readonly ports: NodePorts;
      readonly exposed: readonly ExposedPort[];
      readonly extraNics: readonly ExtraNic[];
      /** More of QEMU's options for the first network. */
      readonly options?: readonly string[];
    }
  | { readonly kind: "tap"; readonly link: string; readonly hardwareAddress: string };

export interface Boot {
  readonly kernel: string;
  readonly initrd: string;
  /** Kernel command line. */
  readonly arguments: readonly string[];
}

const emulators: Record<Architecture, string> = { amd64: "qemu-system-x86_64", arm64: "qemu-system-aarch64" };
const machineTypes: Record<Architecture, string> = { amd64: "q35", arm64: "virt" };
const serialPorts: Record<Architecture, string> = { amd64: "ttyS0", arm64: "ttyAMA0" };

export const emulatorOf = (architecture: Architecture): string => emulators[architecture];

/**
 * The arguments of an image's default command line, and where this machine gets its config, if it does: a URL or a volume's
 * label, or a platform that it asks.
 * The sleep between a panic and the reboot leaves the console's last lines readable.
 */
export const kernelArguments = (
  architecture: Architecture,
  { config, platform = "metal" }: { readonly config?: string; readonly platform?: string },
): string[] => [
  ...["slab_nomerge", "pti=on", "printk.devkmsg=on", "panic=10"],
  ...[`console=${serialPorts[architecture]}`, `talos.platform=${platform}`],
  ...(config === undefined ? [] : [`talos.config=${config}`]),
];

/** The command line of a machine that runs in the background, and outlives whoever started it. */
export function commandLine(machine: VirtualMachine): string[] {
  return [
    ...[emulatorOf(machine.architecture), "-name", optionValue(machine.name), "-nodefaults", "-no-user-config"],
    ...["-display", "none", "-readconfig", machine.bootConfig],
    ...["-machine", machineTypes[machine.architecture], "-accel", machine.accelerator.argument],
    ...["-cpu", machine.accelerator.cpu, "-smp", String(machine.cpus), "-m", String(machine.memoryMib)],
    ...networkArguments(machine.network),
    ...["-drive", `if=none,id=disk0,format=raw,discard=unmap,detect-zeroes=unmap,file=${optionValue(machine.disk)}`],
    ...["-device", "virtio-blk-pci,drive=disk0", "-device", "virtio-rng-pci"],
    ...(machine.configVolume === undefined ? [] : configVolume(machine.configVolume)),
    ...["-chardev", `file,id=console,path=${optionValue(machine.console)}`, "-serial", "chardev:console"],
    ...["-chardev", `socket,id=monitor,server=on,wait=off,path=${optionValue(machine.monitor)}`],
    ...["-mon", "chardev=monitor,mode=control"],
    ...["-pidfile", machine.pidFile, "-daemonize", ...(machine.more ?? [])],
  ];
}

/** A card. No option ROM: nothing boots from these networks. */
const card = (netdev: string): string => `virtio-net-pci,netdev=${netdev},romfile=`;

function networkArguments(network: MachineNetwork): string[] {
  if (network.kind === "tap") {
    const { link, hardwareAddress } = network;
    const device = `${card("net0")},mac=${hardwareAddress}`;
    return ["-netdev", `tap,id=net0,ifname=${link},script=no,downscript=no`, "-device", device];
  }
  const { hostname, ports, exposed, extraNics, options = [] } = network;
  const forwards: readonly ExposedPort[] = [
    { protocol: "tcp", host: ports.apid, machine: machinePorts.apid },
    { protocol: "tcp", host: ports.trustd, machine: machinePorts.trustd },
    // The same on both sides: the endpoint is for both.
    { protocol: "tcp", host: ports.kubernetes, machine: ports.kubernetes },
    ...exposed,
  ];
  const rules = forwards.map(({ protocol, host, machine }) => `hostfwd=${protocol}:127.0.0.1:${host}-:${machine}`);
  const first = ["user", "id=net0", `hostname=${hostname}`, ...options, ...rules].join(",");
  return ["-netdev", first, "-device", card("net0"), ...extraNics.flatMap(extraCards)];
}

/** A card of a known speed: of others, bonds by LACP think that they are not connected. */
const fastCard = (netdev: string): string => `${card(netdev)},speed=1000,duplex=full`;

/** Cards in the order in which the machine names them. What is restricted hears of no router, and reaches nobody. */
function extraCards(kind: ExtraNic, index: number): string[] {
  const number = index + 1;
  if (kind !== "cable") {
    const id = `net${number}`;
    const device = kind === "vmxnet3" ? `vmxnet3,netdev=${id},romfile=` : fastCard(id);
    return ["-netdev", `user,id=${id},restrict=on,net=10.0.${number + 2}.0/24`, "-device", device];
  }
  return ["a", "b"].flatMap((end) => {
    const id = `net${number}${end}`;
    return ["-netdev", `hubport,id=${id},hubid=${number}`, "-device", fastCard(id)];
  });
}

const configVolume = (path: string): string[] => [
  ...["-drive", `if=none,id=config,format=raw,readonly=on,file=${optionValue(path)}`],
  ...["-device", "virtio-blk-pci,drive=config"],
];

/**
 * QEMU's own config file format, for kernel, initramfs and command line. The URL of the machine's config is as good
 * as the cluster's secrets to anybody on this host, so it goes in a file of mode 0600 instead of an argument.
 * @throws Failure when a value does not fit the format: it has no escapes, and a limit of 1023 bytes.
 */
export function bootConfig(boot: Boot): string {
  const values = { kernel: boot.kernel, initrd: boot.initrd, append: boot.arguments.join(" ") };
  const lines = Object.entries(values).map(([key, value]) => {
    if (value.includes('"') || value.includes("\n") || Buffer.byteLength(value) > 1023) {
      throw new Failure(
        `Cannot boot with ${key} "${value}": QEMU takes at most 1023 bytes, without quotes or line breaks`,
      );
    }
    return `  ${key} = "${value}"\n`;
  });
  return `[machine]\n${lines.join("")}`;
}

/** In a QEMU option list a comma ends the value, two are one. */
const optionValue = (value: string): string => value.replaceAll(",", ",,");
