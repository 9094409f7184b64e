import { basename, dirname, join } from "node:path";

/** Whether this program is the compiled binary, rather than Bun running the sources. */
const isCompiled = (): boolean => Bun.main.startsWith("/$bunfs/") || /^[A-Z]:\/~BUN\//.test(Bun.main);

/**
 * How to run another talosctl like this one, without its arguments. The binary is talosctl when it is called so;
 * whoever spawns this sets `argv0: "talosctl"`.
 */
export function selfCommand(): string[] {
  if (isCompiled()) return [process.execPath];
  const isMain = basename(Bun.main) === "main.ts";
  return [process.execPath, isMain ? Bun.main : join(dirname(import.meta.path), "../../main.ts")];
}

/** The binary of the machine: this one when compiled, else what the build left. */
export const machineBinary = (outputDirectory: string): string =>
  isCompiled() ? process.execPath : join(outputDirectory, "machined");
