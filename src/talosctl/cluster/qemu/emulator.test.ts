import { afterAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isRunning, stop } from "../host-process.ts";
import { choosePorts } from "../ports.ts";
import { chooseAccelerator, probe, tcg } from "./accelerator.ts";
import type { VirtualMachine } from "./command-line.ts";
import { ensureDisk, launch } from "./launch.ts";
import { monitorCommand } from "./monitor.ts";

/** Against the real QEMU, which `npm test` installs; nothing is booted. */
const emulator = "qemu-system-x86_64";
const withQemu = test.if(Bun.which(emulator) !== null);
const directory = await mkdtemp(join(tmpdir(), "machined-qemu-"));
afterAll(() => rm(directory, { recursive: true, force: true }));

const machineIn = (name: string): VirtualMachine => ({
  name,
  architecture: "amd64",
  accelerator: tcg("test"),
  cpus: 2,
  memoryMib: 32,
  disk: join(directory, `${name}.raw`),
  console: join(directory, `${name}.log`),
  monitor: join(directory, `${name}.monitor`),
  pidFile: join(directory, `${name}.pid`),
  bootConfig: join(directory, `${name}.conf`),
  network: {
    ...{ kind: "user", hostname: name, exposed: [], extraNics: [] },
    ports: choosePorts({ apid: 53_000, trustd: 53_200, kubernetes: 53_400 }),
  },
});

withQemu("the probe runs its firmware under emulation", async () => {
  expect(await probe(emulator, tcg("test"))).toBeUndefined();
});

withQemu("an accelerator that does not work is told from one that does", async () => {
  expect(await probe(emulator, { name: "kvm", argument: "no-such-accelerator", cpu: "max" })).toContain("accelerator");
});

test("an emulator that is not there is a reason, not a crash", async () => {
  expect(await probe("qemu-system-none", tcg("test"))).toContain("qemu-system-none");
});

test("a foreign architecture is emulated", async () => {
  const foreign = process.arch === "arm64" ? "amd64" : "arm64";
  expect(await chooseAccelerator(foreign, emulator)).toMatchObject({ name: "tcg", cpu: "max" });
});

withQemu("a disk is sparse, and kept", async () => {
  const path = join(directory, "sparse.raw");
  await ensureDisk(path, 6 * 1024 ** 3);
  const { size, blocks } = await Bun.file(path).stat();
  expect(size).toBe(6 * 1024 ** 3);
  expect(blocks).toBe(0);
  await ensureDisk(path, 1024);
  expect((await Bun.file(path).stat()).size).toBe(6 * 1024 ** 3);
});

withQemu("QEMU's own words explain a machine that does not start", async () => {
  const machine = machineIn("broken");
  await ensureDisk(machine.disk, 1024 * 1024);
  const boot = { kernel: "/no/such/kernel", initrd: "/no/such/initrd", arguments: [] };
  await expect(launch(machine, boot)).rejects.toThrow("/no/such/kernel");
});

withQemu("a machine in the background answers its monitor, and stops by its recorded process", async () => {
  const machine = machineIn("running");
  await ensureDisk(machine.disk, 1024 * 1024);
  // Any file serves as a kernel that is loaded but never runs: the protected-mode header is all that QEMU reads.
  const kernel = join(directory, "kernel");
  await Bun.write(kernel, emptyKernel());
  const running = await launch(machine, { kernel, initrd: kernel, arguments: ["console=ttyS0"] });
  try {
    expect(await isRunning(running)).toBe(true);
    expect(await monitorCommand(machine.monitor, "query-status")).toMatchObject({ status: expect.any(String) });
    await expect(monitorCommand(machine.monitor, "no-such-command")).rejects.toThrow("no-such-command");
  } finally {
    await stop(running);
  }
  expect(await isRunning(running)).toBe(false);
  await expect(monitorCommand(machine.monitor, "query-status")).rejects.toThrow("Cannot reach QEMU");
});

/** A bzImage of one sector of setup code, by the x86 boot protocol: enough for QEMU to accept it. */
function emptyKernel(): Uint8Array {
  const image = new Uint8Array(8 * 1024);
  const view = new DataView(image.buffer);
  image[0x1f1] = 1; // setup sectors
  view.setUint32(0x202, 0x5372_6448, true); // "HdrS"
  view.setUint16(0x206, 0x020c, true); // protocol version
  image[0x211] = 1; // loaded high
  view.setUint32(0x22c, 0x7fff_ffff, true); // highest address of an initramfs
  return image;
}
