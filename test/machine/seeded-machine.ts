import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { findBootFiles } from "../../src/talosctl/cluster/artifacts.ts";
import { writeConfiguration } from "../../src/talosctl/cluster/configuration.ts";
import { clusterDirectory } from "../../src/talosctl/cluster/directory.ts";
import { stop } from "../../src/talosctl/cluster/host-process.ts";
import { choosePorts } from "../../src/talosctl/cluster/ports.ts";
import { chooseAccelerator } from "../../src/talosctl/cluster/qemu/accelerator.ts";
import {
  guestAddress,
  hostAddress,
  kernelArguments,
  type VirtualMachine,
} from "../../src/talosctl/cluster/qemu/command-line.ts";
import { ensureDisk, findEmulator, launch } from "../../src/talosctl/cluster/qemu/launch.ts";
import { monitorSocket } from "../../src/talosctl/cluster/qemu/monitor-socket.ts";
import { eventually } from "../support/eventually.ts";
import { run } from "./machine.ts";
import { prepareStage } from "./stage.ts";

/** What a machine finds around it that no cluster of ours has. */
export interface Surroundings {
  /** Who says what the machine is: `talos.platform=`. */
  readonly platform: string;
  /** More of QEMU's arguments. */
  readonly more?: readonly string[];
  /** More of QEMU's options for the machine's network. */
  readonly networkOptions?: readonly string[];
}

export interface SeededMachine extends AsyncDisposable {
  readonly consolePath: string;
  /** Standard output of our talosctl. @throws when it fails. */
  ask(...args: string[]): Promise<string>;
}

const diskBytes = 6_144 * 1_024 * 1_024;

/**
 * Boots a machine that a hypervisor or a cloud hands its config; returns when its API answers.
 * @param surround told the config of a control plane, and a directory for what it makes of it
 * @param address the machine's own, where its network is not QEMU's usual one
 */
export async function bootSeeded(
  surround: (config: string, directory: string) => Promise<Surroundings>,
  address = guestAddress,
): Promise<SeededMachine> {
  await using undo = new AsyncDisposableStack();
  const stage = undo.use(await prepareStage("machine"));
  const directory = clusterDirectory(stage.clusters, `seeded-${process.pid}`);
  await mkdir(directory.path, { recursive: true, mode: 0o700 });
  const name = `${directory.name}-controlplane-1`;
  const ports = choosePorts();
  const place = { address, host: "127.0.0.1", ports };
  await writeConfiguration({
    ...{ directory, endpoint: `https://127.0.0.1:${ports.kubernetes}` },
    nodes: [{ name, role: "controlplane", place, before: undefined }],
    // Nobody is there: what the machine pulls is not what these tests are about.
    registryUrl: `http://${hostAddress}:9`,
    patches: { all: [], controlplane: [], worker: [] },
  });
  const config = await readFile(directory.config("controlplane"), "utf8");
  const { platform, more = [], networkOptions = [] } = await surround(config, directory.path);
  const machine: VirtualMachine = {
    name,
    ...{ architecture: "amd64", accelerator: await chooseAccelerator("amd64", findEmulator("amd64")) },
    // Emulating several can fail before there is an init.
    ...{ cpus: 1, memoryMib: 2_048, disk: directory.disk(name), more },
    ...{ console: directory.console(name), monitor: await monitorSocket(directory, name) },
    ...{ pidFile: directory.file(name, "pid"), bootConfig: directory.file(name, "boot.conf") },
    network: { kind: "user", hostname: name, ports, exposed: [], extraNics: [], options: networkOptions },
  };
  await ensureDisk(machine.disk, diskBytes);
  const boot = await findBootFiles({ architecture: "amd64", outputDirectory: stage.output });
  const running = await launch(machine, { ...boot, arguments: kernelArguments("amd64", { platform }) });
  undo.defer(() => stop(running));
  const talosctl = (...args: string[]) =>
    run([join(stage.output, "talosctl"), "--talosconfig", directory.talosconfig, ...args]);
  const ask = async (...args: string[]) => {
    const { code, stdout, stderr } = await talosctl(...args);
    if (code !== 0) throw new Error(`talosctl ${args.join(" ")}: ${stderr}`);
    return stdout;
  };
  await eventually(
    () => ask("version"),
    (answer) => answer !== "",
    { timeoutMs: 600_000, intervalMs: 1_000 },
  ).catch(async (cause) => {
    throw new Error(`the machine does not answer:\n${await readFile(machine.console, "utf8")}`, { cause });
  });
  const owned = undo.move();
  return { consolePath: machine.console, ask, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
