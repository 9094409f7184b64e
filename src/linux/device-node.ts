import { Errno } from "./errno.ts";
import { syscall } from "./syscall.ts";
import { check } from "./syscall-error.ts";

/** File types of mknod(2), from <sys/stat.h>. */
export const NodeType = { character: 0o020000, block: 0o060000 } as const;

const sysMknod = syscall("mknod", ["string", "int", "long"]);

export interface DeviceNode {
  readonly path: string;
  readonly type: keyof typeof NodeType;
  readonly major: number;
  readonly minor: number;
  /** Permission bits, before the umask. */
  readonly mode: number;
}

/** Creates a device node, mknod(2). An existing file is left as it is. */
export function makeDeviceNode({ path, type, major, minor, mode }: DeviceNode): void {
  const result = sysMknod(path, NodeType[type] | mode, deviceNumber(major, minor));
  if (result !== -Errno.EEXIST) check(result, () => `Cannot create the device node "${path}"`);
}

/** glibc's makedev(3): the major's low 12 bits above the minor's low 8, the rest of both in the high half. */
export function deviceNumber(major: number, minor: number): number {
  const low = (minor & 0xff) + (major & 0xfff) * 0x100 + (minor & 0xfff00) * 0x1000;
  return low + ((minor >>> 20) * 2 ** 32 + (major >>> 12) * 2 ** 44);
}
