import { readdirSync, readFileSync } from "node:fs";

/** A file of sysfs without its line break. Devices go while we look: what is not there reads as empty. */
export function readAttribute(path: string): string {
  try {
    return readFileSync(path, "utf8").trimEnd();
  } catch {
    return "";
  }
}

/** Names in a directory of sysfs; none where there are no such devices, as in a container. */
export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
