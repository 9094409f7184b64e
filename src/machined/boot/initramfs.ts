import { lstatSync, readdirSync, readFileSync, rmdirSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { codeOf, messageOf } from "../../errors/message.ts";
import { monotonicMs } from "../../linux/clock.ts";
import { scrubbed } from "../../linux/environment.ts";
import { attachLoop } from "../../linux/loop.ts";
import { loadModule } from "../../linux/module.ts";
import { changeDirectory, changeRoot, MountFlag, mount, moveMount } from "../../linux/mount.ts";
import { execve } from "../../linux/process.ts";
import { reboot } from "../../linux/reboot.ts";
import { bindMount, mountAt } from "../../mount/helpers.ts";
import { earlyMounts } from "../../mount/pseudo.ts";
import { readKernelArguments } from "../../platform/kernel-arguments.ts";
import { createLog } from "../logger.ts";
import type { Log } from "../machine.ts";
import { createFatalHandler, stayAlive } from "../pid1/fatal.ts";
import { INITRAMFS_STARTED_MS, machineEnvironment } from "./environment.ts";

/** What the build puts into the initramfs beside /init. */
const ROOT_IMAGE = "/rootfs.sqsh";
const MODULES = "/modules";
const NEW_ROOT = "/root";
/** The running program: one copy, shown in the new root by a bind. */
const PROGRAM = "/init";
const INIT = "/sbin/init";

/**
 * The first stage, on the initramfs: finds the root file system, makes it the root, frees the initramfs and goes on
 * as the program that waits there, which is ourselves. Returns only when that was impossible.
 */
export function enterRootFileSystem(): void {
  const startedMs = monotonicMs();
  for (const what of earlyMounts) mountAt(what);
  // Otherwise the kernel drops what we log beyond ten lines in five seconds.
  tolerate(() => writeFileSync("/proc/sys/kernel/printk_devkmsg", "on"));
  const log = createLog();
  const fatal = createFatalHandler({
    log,
    hang: readKernelArguments().last("panic") === "0",
    restart: () => reboot("restart"),
  });
  stayAlive(fatal);
  try {
    loadModules(log);
    mountRootImage();
    switchRoot();
    log("info", `initramfs: done, ${Math.round(monotonicMs() - startedMs)}ms`);
    const environment = { ...scrubbed(machineEnvironment), [INITRAMFS_STARTED_MS]: startedMs.toFixed(1) };
    execve(INIT, [INIT], environment);
  } catch (thrown) {
    fatal(thrown);
  }
}

/** Loads what the build found to be needed before udev can, in the build's order of dependencies. */
function loadModules(log: Log): void {
  const names = readFileSync(join(MODULES, "order.txt"), "utf8").split("\n");
  for (const name of names.filter((line) => line !== "" && !line.startsWith("#"))) {
    try {
      loadModule(join(MODULES, name));
    } catch (thrown) {
      // A machine may lack the hardware; what it cannot do without fails below with a better message.
      log("warn", messageOf(thrown));
    }
  }
}

function mountRootImage(): void {
  using device = attachLoop(ROOT_IMAGE);
  mountAt({ source: device.path, target: NEW_ROOT, type: "squashfs", flags: MountFlag.readOnly | MountFlag.noDev });
  bindMount(PROGRAM, join(NEW_ROOT, INIT), { readOnly: true });
}

function switchRoot(): void {
  for (const { target } of earlyMounts) moveMount(target, join(NEW_ROOT, target));
  // Our own file stays: it is the one the new root shows, and its pages are in memory anyway.
  removeTree("/", lstatSync("/").dev, new Set([PROGRAM, NEW_ROOT]));
  changeDirectory(NEW_ROOT);
  moveMount(".", "/");
  changeRoot(".");
  changeDirectory("/");
  // Containers' mounts must reach us and ours them.
  mount({ source: "none", target: "/", flags: MountFlag.shared | MountFlag.recursive });
}

/** Frees the initramfs, which is memory. Stays on one file system; what cannot be removed is left. */
function removeTree(directory: string, device: number, keep: ReadonlySet<string>): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (keep.has(path) || lstatSync(path).dev !== device) continue;
    if (!entry.isDirectory()) unlinkSync(path);
    else {
      removeTree(path, device, keep);
      tolerate(() => rmdirSync(path));
    }
  }
}

function tolerate(attempt: () => void): void {
  try {
    attempt();
  } catch (thrown) {
    if (codeOf(thrown) === undefined) throw thrown;
  }
}
