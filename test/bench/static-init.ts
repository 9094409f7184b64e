import { appendFile, copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeCpio } from "../../initramfs/formats/cpio.ts";
import { pause } from "../../src/async/pause.ts";
import { isRunning, stop } from "../../src/talosctl/cluster/host-process.ts";
import { choosePorts } from "../../src/talosctl/cluster/ports.ts";
import { chooseAccelerator } from "../../src/talosctl/cluster/qemu/accelerator.ts";
import { kernelArguments, type VirtualMachine } from "../../src/talosctl/cluster/qemu/command-line.ts";
import { ensureDisk, findEmulator, launch } from "../../src/talosctl/cluster/qemu/launch.ts";
import { consoleTime } from "./boot.ts";

const pollMs = 100;
const timeoutMs = 120_000;

/**
 * Milliseconds from the kernel's start until a trivial init in C, in the place of ours, has loaded the same modules:
 * what any machine would need that boots from the same kernel, with the same initramfs, on the same emulator.
 * @param output directory of what was built.
 */
export async function bootStaticInit(output: string): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), "static-init-"));
  try {
    const initrd = join(directory, "initramfs");
    await copyFile(join(output, "initramfs-amd64"), initrd);
    // The kernel unpacks archives that follow one another, the later over the earlier.
    await appendFile(initrd, await packStaticInit(directory));
    return await measure(directory, { kernel: join(output, "vmlinuz-amd64"), initrd });
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function packStaticInit(directory: string): Promise<Uint8Array> {
  const program = join(directory, "static-init");
  const source = join(import.meta.dir, "static-init.c");
  const compiler = Bun.spawn(["gcc", "-static", "-O2", "-o", program, source], { stderr: "inherit" });
  if ((await compiler.exited) !== 0) throw new Error("Cannot compile the static init");
  const entries = [{ path: "static-init", kind: "file", mode: 0o755, content: Bun.file(program) }] as const;
  return Buffer.concat(await Array.fromAsync(writeCpio(entries)));
}

async function measure(directory: string, files: { kernel: string; initrd: string }): Promise<number> {
  const file = (name: string) => join(directory, name);
  const machine: VirtualMachine = {
    name: "static-init",
    architecture: "amd64",
    accelerator: await chooseAccelerator("amd64", findEmulator("amd64")),
    cpus: 2,
    memoryMib: 2_048,
    disk: file("disk"),
    console: file("console"),
    monitor: file("monitor"),
    pidFile: file("pid"),
    bootConfig: file("boot.conf"),
    network: { kind: "user", hostname: "static-init", ports: choosePorts(), exposed: [], extraNics: [] },
  };
  await ensureDisk(machine.disk, 64 * 1_024 * 1_024);
  const kernel = [...kernelArguments("amd64", { config: "none" }), "rdinit=/static-init"];
  const running = await launch(machine, { ...files, arguments: kernel });
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    while (await isRunning(running)) {
      const readyMs = consoleTime(await readFile(machine.console, "utf8"), /static init: ready/);
      if (readyMs !== undefined) return readyMs;
      await pause(pollMs, signal);
      signal.throwIfAborted();
    }
    throw new Error("the machine with the static init ended before it was ready");
  } finally {
    await stop(running);
  }
}
