import { open, readFile, rename, rm } from "node:fs/promises";
import { Failure } from "../../../errors/failure.ts";
import { durableWrite } from "../../../files/durable-write.ts";
import { type HostProcess, identify } from "../host-process.ts";
import { type Boot, bootConfig, commandLine, emulatorOf, type VirtualMachine } from "./command-line.ts";

/**
 * The emulator for an architecture.
 * @throws Failure saying how to install it.
 */
export function findEmulator(architecture: VirtualMachine["architecture"]): string {
  const name = emulatorOf(architecture);
  const path = Bun.which(name);
  if (path !== null) return path;
  const packageName = architecture === "amd64" ? "qemu-system-x86" : "qemu-system-arm";
  throw new Failure(`Cannot find ${name}: it is not installed`, {
    hint: `install it with: apt-get install ${packageName}`,
  });
}

/**
 * Starts a machine in the background. The console log of the start before is kept as `.previous`.
 * @throws Failure with QEMU's own words when it does not start.
 */
export async function launch(machine: VirtualMachine, boot: Boot): Promise<HostProcess> {
  await rename(machine.console, `${machine.console}.previous`).catch(() => undefined);
  await Promise.all([rm(machine.pidFile, { force: true }), rm(machine.monitor, { force: true })]);
  // The console shows nothing secret today; a debugging machine might.
  await (await open(machine.console, "w", 0o600)).close();
  await durableWrite(machine.bootConfig, bootConfig(boot));
  const qemu = Bun.spawn(commandLine(machine), { stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  const [code, stderr] = await Promise.all([qemu.exited, qemu.stderr.text()]);
  if (code !== 0)
    throw new Failure(`Cannot start QEMU: ${stderr.trim().split("\n").at(-1) || `it ended with code ${code}`}`);
  // With -daemonize the first process ends when the machine is set up, and the pid file is there by then.
  const pid = Number((await readFile(machine.pidFile, "utf8")).trim());
  const running = await identify(pid);
  if (running === undefined) throw new Failure(`Cannot start QEMU: process ${pid} ended at once`);
  return running;
}

/** Makes a blank disk that takes space on the host only as the machine writes. An existing one is kept. */
export async function ensureDisk(path: string, bytes: number): Promise<void> {
  const disk = await open(path, "a", 0o600);
  try {
    if ((await disk.stat()).size < bytes) await disk.truncate(bytes);
  } finally {
    await disk.close();
  }
}
