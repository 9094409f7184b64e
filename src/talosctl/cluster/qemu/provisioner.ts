import { readFile } from "node:fs/promises";
import { durableWrite } from "../../../files/durable-write.ts";
import { choosePorts } from "../ports.ts";
import type { MachineOrder, Provisioner, StartedMachine } from "../provisioner.ts";
import type { Architecture } from "../state.ts";
import { type Accelerator, chooseAccelerator, tcg } from "./accelerator.ts";
import { guestAddress, hostAddress, kernelArguments } from "./command-line.ts";
import { isoImage } from "./iso-image.ts";
import { ensureDisk, findEmulator, launch } from "./launch.ts";
import { monitorSocket } from "./monitor-socket.ts";

/** Starts of one machine: emulation of several CPUs can fail before /init, about once in 200 boots (QEMU 7.2). */
const attempts = 2;

/** Runs machines in QEMU with user networking: no rights on the host are needed. */
export async function qemuProvisioner(architecture: Architecture): Promise<Provisioner> {
  const emulator = findEmulator(architecture);
  let accelerator: Accelerator = await chooseAccelerator(architecture, emulator);
  let started = 0;
  return {
    name: "qemu",
    nodeAddress: guestAddress,
    apiHost: "127.0.0.1",
    choosePorts,
    hostAddress,
    serverAddress: "127.0.0.1",
    leftOut: new Map(),
    prepare: async () => [],
    async start(order) {
      started += 1;
      return await startMachine(order, accelerator);
    },
    clean: async () => undefined,
    retry(fault) {
      if (fault === "silent" && accelerator.name === "kvm") {
        accelerator = tcg("under KVM the machine printed nothing");
        return "the machine printed nothing under KVM, it starts again under emulation";
      }
      if (fault === "silent" || started >= attempts) return undefined;
      return "the kernel failed before /init, which QEMU's emulation does now and then: it starts once more";
    },
  };
}

/** The machine's config on a volume of its own, as others write it on a stick. */
async function writeConfigVolume({ directory, node }: MachineOrder, label: string): Promise<string> {
  const path = directory.file(node, "config.iso");
  const content = await readFile(directory.controlplane);
  await durableWrite(path, isoImage(label, { name: "CONFIG.YAML", content }));
  return path;
}

async function startMachine(order: MachineOrder, accelerator: Accelerator): Promise<StartedMachine> {
  const { directory, node, architecture, boot, cpus, memoryMib } = order;
  const disk = directory.disk(node);
  await ensureDisk(disk, order.diskBytes);
  const { config } = order;
  const volume =
    config !== undefined && "volume" in config ? { configVolume: await writeConfigVolume(order, config.volume) } : {};
  const process = await launch(
    {
      name: `${directory.name}-${node}`,
      ...{ architecture, accelerator, cpus, memoryMib, disk, ...volume },
      console: directory.console(node),
      monitor: await monitorSocket(directory, node),
      pidFile: directory.file(node, "pid"),
      bootConfig: directory.file(node, "boot.conf"),
      ports: order.ports,
    },
    { ...boot, arguments: kernelArguments(architecture, config && ("url" in config ? config.url : config.volume)) },
  );
  const how = accelerator.name === "kvm" ? "KVM" : `emulated: ${accelerator.reason}`;
  return { process, runsOn: `QEMU, ${cpus} CPUs, ${memoryMib} MiB, ${how}` };
}
