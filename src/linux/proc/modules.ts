import { readFileSync } from "node:fs";
import { codeOf } from "../../errors/message.ts";

/** A line of /proc/modules. */
export interface LoadedModule {
  readonly name: string;
  readonly sizeBytes: number;
  readonly referenceCount: number;
  /** Modules that need this one. */
  readonly usedBy: readonly string[];
  /** `Live`, `Loading` or `Unloading`. */
  readonly state: string;
  /** Zeros where the kernel hides it. */
  readonly address: string;
}

/** What is loaded now; nothing on a kernel without modules. Lines that make no sense are left out. */
export function readModules(): LoadedModule[] {
  try {
    return parseModules(readFileSync("/proc/modules", "utf8"));
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return [];
    throw thrown;
  }
}

export function parseModules(text: string): LoadedModule[] {
  return text.split("\n").flatMap((line) => {
    const [name, size, references, usedBy, state, address] = line.split(" ");
    if (name === undefined || usedBy === undefined || state === undefined || address === undefined) return [];
    const [sizeBytes, referenceCount] = [Number(size), Number(references)];
    if (!Number.isSafeInteger(sizeBytes) || !Number.isSafeInteger(referenceCount)) return [];
    // A trailing comma, and `[permanent]` for one that cannot be unloaded.
    const users = usedBy.split(",").filter((user) => user !== "" && user !== "-");
    return [{ name, sizeBytes, referenceCount, usedBy: users, state, address }];
  });
}
