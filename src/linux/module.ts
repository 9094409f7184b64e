import { Errno } from "./errno.ts";
import { close, open } from "./file-descriptor.ts";
import { rawSyscall } from "./syscall.ts";
import { SyscallError } from "./syscall-error.ts";

/** Flags of finit_module(2), from <linux/module.h>. */
export const ModuleFlag = { compressedFile: 4 } as const;

const sysLoad = rawSyscall("finit_module", ["int", "string", "int"]);

/**
 * Loads a kernel module from its file, finit_module(2). Dependencies must be loaded before. A compressed file
 * (`.ko.xz`, `.ko.zst`) is handed over as it is: the kernel decompresses.
 * @param params as on modprobe's command line, `max_loop=8`.
 * @returns false when the module was there already, loaded or built in.
 * @throws SyscallError naming the file.
 */
export function loadModule(path: string, params = ""): boolean {
  const file = open(path);
  try {
    const result = sysLoad(file, params, path.endsWith(".ko") ? 0 : ModuleFlag.compressedFile);
    if (result === -Errno.EEXIST) return false;
    if (result < 0) throw new SyscallError(`Cannot load the kernel module "${path}"`, -result);
    return true;
  } finally {
    close(file);
  }
}
