import { readFileSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../errors/message.ts";
import { cgroupRoot } from "./group.ts";

/**
 * Reads a file of `name value` lines such as memory.stat or cpu.stat.
 * @returns an empty map when the controller is not enabled for the group.
 */
export function readStat(path: string, file: string, root = cgroupRoot()): ReadonlyMap<string, number> {
  return new Map(
    readText(path, file, root)
      .split("\n")
      .flatMap((line): [string, number][] => {
        const [name, value] = line.split(" ");
        return name === undefined || value === undefined ? [] : [[name, Number(value)]];
      }),
  );
}

/** Reads a file of one number, such as memory.current; `max` is infinite. Undefined when the group has no such file. */
export function readValue(path: string, file: string, root = cgroupRoot()): number | undefined {
  const text = readText(path, file, root).trim();
  if (text === "") return undefined;
  return text === "max" ? Number.POSITIVE_INFINITY : Number(text);
}

/** Processes directly in a group. */
export function readProcesses(path: string, root = cgroupRoot()): number[] {
  return readText(path, "cgroup.procs", root).split("\n").filter(Boolean).map(Number);
}

function readText(path: string, file: string, root: string): string {
  try {
    return readFileSync(join(root, path, file), "utf8");
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return "";
    throw thrown;
  }
}
