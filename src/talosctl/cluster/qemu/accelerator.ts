import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../../../errors/message.ts";
import type { Architecture } from "../state.ts";

export interface Accelerator {
  readonly name: "kvm" | "tcg";
  /** Value of `-accel`. */
  readonly argument: string;
  /** Value of `-cpu`. */
  readonly cpu: string;
  /** Why it is not KVM, for the person who waits longer. */
  readonly reason?: string;
}

const kvm: Accelerator = { name: "kvm", argument: "kvm", cpu: "host" };

export const tcg = (reason: string): Accelerator => ({
  name: "tcg",
  // One host thread per virtual CPU; the default for this pair of architectures, but not for all.
  argument: "tcg,thread=multi",
  cpu: "max",
  reason,
});

const probeTimeoutMs = 5_000;
const debugExitPort = 0xf4;
/** What the probe's program writes to the debug exit device, and what QEMU makes of it: (value << 1) | 1. */
const probeValue = 0x10;
const probeExitCode = (probeValue << 1) | 1;

/**
 * KVM where it works, else emulation. /dev/kvm alone proves nothing: nested and sandboxed hosts often have one that
 * cannot run a CPU. So a virtual machine is run, for some milliseconds: its firmware is three instructions.
 */
export async function chooseAccelerator(architecture: Architecture, emulator: string): Promise<Accelerator> {
  const host = process.arch === "x64" ? "amd64" : process.arch;
  if (architecture !== host) return tcg(`a ${architecture} machine on a ${host} host is emulated`);
  if (process.platform !== "linux") return tcg("KVM needs a Linux host");
  if (architecture !== "amd64") return tcg(`there is no KVM probe for ${architecture} yet`);
  const fault = await probe(emulator, kvm);
  return fault === undefined ? kvm : tcg(`KVM does not work here (${fault})`);
}

/**
 * Runs the probe's firmware.
 * @returns what went wrong; undefined when the virtual CPU ran it.
 */
export async function probe(emulator: string, accelerator: Accelerator): Promise<string | undefined> {
  const directory = await mkdtemp(join(tmpdir(), "machined-probe-"));
  try {
    const firmware = join(directory, "firmware");
    await writeFile(firmware, probeFirmware());
    const machine = ["-machine", "pc", "-accel", accelerator.argument, "-cpu", accelerator.cpu, "-m", "16"];
    const exit = `isa-debug-exit,iobase=${debugExitPort},iosize=4`;
    const argv = [emulator, ...machine, "-nodefaults", "-display", "none", "-bios", firmware, "-device", exit];
    const qemu = Bun.spawn(argv, {
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
      timeout: probeTimeoutMs,
      killSignal: "SIGKILL",
    });
    const [code, stderr] = await Promise.all([qemu.exited, qemu.stderr.text()]);
    if (code === probeExitCode) return undefined;
    if (qemu.signalCode === "SIGKILL") return `a test machine did not run within ${probeTimeoutMs / 1_000} s`;
    return (
      stderr
        .trim()
        .split("\n")[0]
        ?.replace(/^\S*qemu-system-\S+: (?:error: )?/, "") || `QEMU ended with code ${code}`
    );
  } catch (error) {
    return messageOf(error);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** 64 KiB that end at 4 GiB, where an x86 CPU starts: 16 bytes before the end. */
function probeFirmware(): Uint8Array {
  const rom = new Uint8Array(64 * 1024);
  const program = [0xb0, probeValue, 0xe6, debugExitPort, 0xf4]; // mov al, value; out port, al; hlt
  rom.set(program, rom.length - 16);
  return rom;
}
