import { messageOf } from "../errors/message.ts";
import { scrubbed } from "../linux/environment.ts";
import { startReaper } from "../linux/reaper.ts";
import { disableCtrlAltDel, reboot } from "../linux/reboot.ts";
import { type KernelArguments, readKernelArguments } from "../platform/kernel-arguments.ts";
import { platformOrMetal } from "../platform/platform.ts";
import {
  enterEnvironment,
  environmentArguments,
  INITRAMFS_STARTED_MS,
  machineEnvironment,
} from "./boot/environment.ts";
import { createLog } from "./logger.ts";
import { createFatalHandler, stayAlive } from "./pid1/fatal.ts";
import { startMachine } from "./start.ts";

/**
 * PID 1 of the machine. Returns at once, and the process lives on: an error while the entry module still waited for
 * us would end it, and with it the kernel.
 */
export function main(): void {
  if (process.pid !== 1) {
    console.error("Cannot run machined: it must be PID 1 of a machine or of a container's PID namespace");
    process.exitCode = 1;
    return;
  }
  const log = createLog();
  const args = readKernelArguments();
  const platform = platformOrMetal(args, process.env, (problem) => log("error", problem));
  const fatal = createFatalHandler({
    log,
    hang: args.last("panic") === "0",
    restart: () => (platform.mode === "container" ? process.exit(1) : reboot("restart")),
  });
  stayAlive(fatal);
  const initramfsStartedMs = Number(process.env[INITRAMFS_STARTED_MS] ?? Number.NaN);
  prepareProcess(args);
  if (platform.mode !== "container") disableCtrlAltDel();
  setImmediate(() => {
    startMachine({ log, args, platform, fatal, initramfsStartedMs }).catch((thrown) => {
      log("error", `cannot start: ${messageOf(thrown)}`);
      fatal(thrown);
    });
  });
}

/** What every process of the machine inherits, and the duty that nobody else has. */
function prepareProcess(args: KernelArguments): void {
  enterEnvironment(scrubbed({ ...machineEnvironment, ...environmentArguments(args) }));
  process.umask(0o022);
  process.chdir("/");
  startReaper();
}
