import { closeSync, constants, openSync, readFileSync, writeSync } from "node:fs";
import { join, normalize } from "node:path";
import { codeOf } from "../errors/message.ts";

/** How ids begin, and where their files are. */
const places = [
  { prefix: "proc.sys.", directory: "/proc/sys" },
  { prefix: "sys.", directory: "/sys" },
] as const;

/**
 * The file of a kernel parameter, from its id: `proc.sys.net.ipv4.ip_forward`, `sys.block.sda.queue.scheduler`.
 * As in sysctl.d(5), the first separator of the rest decides: a dot makes dots directories and a `/` a dot within a
 * name (`net.ipv4.conf.eth0/100.forwarding`), a `/` leaves everything as it is (`net/ipv4/conf/eth0.100/forwarding`).
 * @returns undefined for an id that leads out of /proc/sys and /sys
 */
export function parameterPath(id: string): string | undefined {
  const place = places.find(({ prefix }) => id.startsWith(prefix));
  if (place === undefined) return undefined;
  const name = id.slice(place.prefix.length);
  const separator = /[./]/.exec(name)?.[0];
  const relative = separator === "." ? name.replace(/[./]/g, (character) => (character === "." ? "/" : ".")) : name;
  const path = normalize(join(place.directory, relative));
  return path.startsWith(`${place.directory}/`) && !path.endsWith("/") ? path : undefined;
}

/**
 * A parameter's value without the line's end; undefined when the kernel has no such parameter.
 * @throws the system error, such as EACCES for one that can only be written
 */
export function readParameter(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trimEnd();
  } catch (thrown) {
    if (isMissing(thrown)) return undefined;
    throw thrown;
  }
}

/**
 * @returns false when the kernel has no such parameter
 * @throws the system error: EINVAL for a value that the kernel does not take
 */
export function writeParameter(path: string, value: string): boolean {
  // Some can only be written; and none can be made, which other flags would try and thereby hide that it is missing.
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_WRONLY);
    // A write of nothing would not reach the kernel, which takes an empty line as the empty list.
    writeSync(file, value === "" ? "\n" : value);
    return true;
  } catch (thrown) {
    if (isMissing(thrown)) return false;
    throw thrown;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Lists are written with blanks and read with tabs. */
export const sameValue = (one: string, other: string): boolean => spaced(one) === spaced(other);

const spaced = (value: string) => value.trim().replace(/\s+/g, " ");

const isMissing = (thrown: unknown) => ["ENOENT", "ENOTDIR"].includes(codeOf(thrown) ?? "");
