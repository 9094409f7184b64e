import { readFile } from "node:fs/promises";
import { durableWrite } from "../../../files/durable-write.ts";
import { clean } from "../clean.ts";
import type { ConfigVolume, MachineOrder, Provisioner, StartedMachine } from "../provisioner.ts";
import type { ProvisionerOptions } from "../provisioners.ts";
import { type Accelerator, chooseAccelerator, tcg } from "./accelerator.ts";
import { kernelArguments, type MachineNetwork } from "./command-line.ts";
import { configVolumeArguments, configVolumeImage } from "./config-volume.ts";
import { ensureDisk, findEmulator, launch } from "./launch.ts";
import { monitorSocket } from "./monitor-socket.ts";
import { bridgeNetwork, userNetwork } from "./network.ts";

/** Starts of one machine: emulation of several CPUs can fail before /init, about once in 200 boots (QEMU 7.2). */
const attempts = 2;

/** Runs machines in QEMU: one without any rights on the host, several on a bridge, which needs root. */
export async function qemuProvisioner(options: ProvisionerOptions): Promise<Provisioner> {
  const { architecture } = options;
  const emulator = findEmulator(architecture);
  const network = options.isShared ? await bridgeNetwork(options) : userNetwork;
  let accelerator: Accelerator = await chooseAccelerator(architecture, emulator);
  const starts = new Map<string, number>();
  return {
    name: "qemu",
    ...network,
    leftOut: new Map(),
    async start(order) {
      starts.set(order.node, (starts.get(order.node) ?? 0) + 1);
      return await startMachine(order, accelerator, await network.connect(order));
    },
    clean,
    retry(node, fault) {
      if (fault === "silent" && accelerator.name === "kvm") {
        accelerator = tcg("under KVM the machine printed nothing");
        return "the machine printed nothing under KVM, it starts again under emulation";
      }
      if (fault === "silent" || (starts.get(node) ?? 0) >= attempts) return undefined;
      return "the kernel failed before /init, which QEMU's emulation does now and then: it starts once more";
    },
  };
}

async function writeConfigVolume(
  { directory, node, role }: MachineOrder,
  volume: ConfigVolume,
  network: MachineNetwork,
): Promise<string> {
  const path = directory.file(node, "config.iso");
  const config = await readFile(directory.config(role));
  await durableWrite(path, configVolumeImage(volume, { node, config, network }));
  return path;
}

function whereConfigIs(config: MachineOrder["config"]): Parameters<typeof kernelArguments>[1] {
  if (config === undefined) return {};
  return "url" in config ? { config: config.url } : configVolumeArguments(config.volume);
}

async function startMachine(
  order: MachineOrder,
  accelerator: Accelerator,
  network: MachineNetwork,
): Promise<StartedMachine> {
  const { directory, node, architecture, boot, cpus, memoryMib } = order;
  const disk = directory.disk(node);
  await ensureDisk(disk, order.diskBytes);
  const { config } = order;
  const volume = config !== undefined && "volume" in config ? config.volume : undefined;
  const configVolume = volume === undefined ? undefined : await writeConfigVolume(order, volume, network);
  const process = await launch(
    {
      name: node,
      ...{ architecture, accelerator, cpus, memoryMib, disk, ...(configVolume && { configVolume }) },
      console: directory.console(node),
      monitor: await monitorSocket(directory, node),
      pidFile: directory.file(node, "pid"),
      bootConfig: directory.file(node, "boot.conf"),
      network,
    },
    { ...boot, arguments: kernelArguments(architecture, whereConfigIs(config)) },
  );
  const how = accelerator.name === "kvm" ? "KVM" : `emulated: ${accelerator.reason}`;
  return { process, runsOn: `QEMU, ${cpus} CPUs, ${memoryMib} MiB, ${how}` };
}
