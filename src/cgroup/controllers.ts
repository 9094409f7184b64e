import { readFileSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../errors/message.ts";
import { cgroupRoot } from "./group.ts";

/**
 * Those of the controllers that no group of this machine can have. With version 1 a hierarchy's mount names those that
 * it has, with version 2 a file at the root does.
 */
export function missingControllers(
  wanted: readonly string[],
  { mounts = "/proc/self/mounts", root = cgroupRoot() } = {},
): string[] {
  const there = new Set([...ofVersion1(readFileSync(mounts, "utf8")), ...ofVersion2(root)]);
  return wanted.filter((name) => !there.has(name));
}

const ofVersion1 = (mounts: string): string[] =>
  mounts.split("\n").flatMap((line) => {
    const [, , type, options = ""] = line.split(" ");
    return type === "cgroup" ? options.split(",") : [];
  });

function ofVersion2(root: string): string[] {
  try {
    return readFileSync(join(root, "cgroup.controllers"), "utf8").trim().split(" ");
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return [];
    throw thrown;
  }
}
