import { readFile } from "node:fs/promises";
import { Failure } from "../../../errors/failure.ts";
import { durableWrite } from "../../../files/durable-write.ts";
import { clean } from "../clean.ts";
import { choosePorts } from "../ports.ts";
import type { MachineOrder, Provisioner, StartedMachine } from "../provisioner.ts";
import type { ProvisionerOptions } from "../provisioners.ts";
import { type Accelerator, chooseAccelerator, tcg } from "./accelerator.ts";
import { guestAddress, hostAddress, kernelArguments } from "./command-line.ts";
import { isoImage } from "./iso-image.ts";
import { ensureDisk, findEmulator, launch } from "./launch.ts";
import { monitorSocket } from "./monitor-socket.ts";

/** Starts of one machine: emulation of several CPUs can fail before /init, about once in 200 boots (QEMU 7.2). */
const attempts = 2;

/** Runs a machine in QEMU with user networking: no rights on the host are needed. */
export async function qemuProvisioner({ architecture, isShared }: ProvisionerOptions): Promise<Provisioner> {
  if (isShared)
    throw new Failure("Cannot run several machines in QEMU: this version gives them no network in common", {
      hint: "use --provisioner container, or one machine",
    });
  const emulator = findEmulator(architecture);
  let accelerator: Accelerator = await chooseAccelerator(architecture, emulator);
  const starts = new Map<string, number>();
  return {
    name: "qemu",
    cidr: undefined,
    place: (_, before) => ({ address: guestAddress, host: "127.0.0.1", ports: choosePorts(before?.ports) }),
    hostAddress,
    serverAddress: "127.0.0.1",
    leftOut: new Map(),
    leavings: () => [],
    prepare: async () => undefined,
    async start(order) {
      starts.set(order.node, (starts.get(order.node) ?? 0) + 1);
      return await startMachine(order, accelerator);
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

/** The machine's config on a volume of its own, as others write it on a stick. */
async function writeConfigVolume({ directory, node, role }: MachineOrder, label: string): Promise<string> {
  const path = directory.file(node, "config.iso");
  const content = await readFile(directory.config(role));
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
      name: node,
      ...{ architecture, accelerator, cpus, memoryMib, disk, ...volume },
      console: directory.console(node),
      monitor: await monitorSocket(directory, node),
      pidFile: directory.file(node, "pid"),
      bootConfig: directory.file(node, "boot.conf"),
      ports: order.place.ports,
    },
    { ...boot, arguments: kernelArguments(architecture, config && ("url" in config ? config.url : config.volume)) },
  );
  const how = accelerator.name === "kvm" ? "KVM" : `emulated: ${accelerator.reason}`;
  return { process, runsOn: `QEMU, ${cpus} CPUs, ${memoryMib} MiB, ${how}` };
}
