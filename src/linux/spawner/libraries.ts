import { existsSync, readFileSync } from "node:fs";

/** Where the kernel looks for the loader that a dynamic binary names, on x86-64 and arm64. */
const loaders = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"];

/**
 * The shared libraries this very program runs with, and the loader under the name that its header has: what a confined
 * copy of the program needs to start.
 */
export function mappedLibraries(maps = readFileSync("/proc/self/maps", "utf8")): string[] {
  const mapped = maps.split("\n").flatMap((line) => /\s(\/\S+\.so(?:\.\d+)*)$/.exec(line)?.[1] ?? []);
  return [...new Set([...mapped, ...loaders.filter((path) => existsSync(path))])];
}
