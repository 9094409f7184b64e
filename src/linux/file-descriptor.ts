import { Errno } from "./errno.ts";
import { i32, struct } from "./struct.ts";
import { syscall } from "./syscall.ts";
import { check } from "./syscall-error.ts";

/** Flags of open(2) and pipe2(2), from <fcntl.h>. */
export const OpenFlag = {
  readOnly: 0,
  writeOnly: 1,
  readWrite: 2,
  create: 0o100,
  exclusive: 0o200,
  truncate: 0o1000,
  append: 0o2000,
  nonBlocking: 0o4000,
  directory: 0o200000,
  closeOnExec: 0o2000000,
  path: 0o10000000,
} as const;

const sysOpen = syscall("open", ["string", "int", "int"]);
const sysClose = syscall("close", ["int"]);
const sysRead = syscall("read", ["int", "pointer", "long"], "long");
const sysWrite = syscall("write", ["int", "pointer", "long"], "long");
const sysSeek = syscall("lseek", ["int", "long", "int"], "long");
const sysPipe = syscall("pipe2", ["pointer", "int"]);
const sysIoctl = syscall("ioctl", ["int", "long", "pointer"]);
const sysIoctlValue = syscall("ioctl", ["int", "long", "long"]);
const sysLock = syscall("flock", ["int", "int"]);
const pipeEnds = struct({ readable: i32, writable: i32 });

/**
 * Opens a file, open(2); always close-on-exec.
 * @param flags OpenFlag values, or-ed.
 * @throws SyscallError naming the path.
 */
export function open(path: string, flags: number = OpenFlag.readOnly, mode = 0): number {
  return check(sysOpen(path, flags | OpenFlag.closeOnExec, mode), () => `Cannot open "${path}"`);
}

/** Closes a descriptor, close(2). Never throws: there is nothing a caller could do. */
export function close(fd: number): void {
  sysClose(fd);
}

/**
 * Reads what is there, read(2).
 * @returns the bytes read (0 at the end), or undefined when a non-blocking descriptor has nothing yet.
 * @throws SyscallError
 */
export function read(fd: number, buffer: Uint8Array): number | undefined {
  const result = sysRead(fd, buffer, buffer.length);
  if (result === -Errno.EAGAIN || result === -Errno.EINTR) return undefined;
  return check(result, () => `Cannot read from descriptor ${fd}`);
}

/**
 * Writes once, write(2).
 * @returns the bytes taken, or undefined when a non-blocking descriptor takes none now.
 * @throws SyscallError
 */
export function write(fd: number, buffer: Uint8Array): number | undefined {
  const result = sysWrite(fd, buffer, buffer.length);
  if (result === -Errno.EAGAIN || result === -Errno.EINTR) return undefined;
  return check(result, () => `Cannot write to descriptor ${fd}`);
}

/** A pipe, pipe2(2); both ends close-on-exec. */
export function pipe(flags = 0): { readonly readable: number; readonly writable: number } {
  const ends = pipeEnds.encode();
  check(sysPipe(ends, flags | OpenFlag.closeOnExec), () => "Cannot create a pipe");
  return pipeEnds.decode(ends);
}

/** Reference points of lseek(2), from <unistd.h>. */
export const SeekFrom = { start: 0, current: 1, end: 2 } as const;

/** Moves the place of the next read or write, lseek(2). */
export function seek(fd: number, offset: number, from: number = SeekFrom.start): number {
  return check(sysSeek(fd, offset, from), () => `Cannot seek in descriptor ${fd}`);
}

/**
 * Controls a device, ioctl(2).
 * @param argument the request's struct, written back by the kernel, or its plain number.
 * @param describe what is tried, for the error: `Cannot attach "root.sqsh" to /dev/loop0`.
 * @throws SyscallError
 */
export function ioctl(fd: number, request: number, argument: Uint8Array | number, describe: () => string): number {
  const result = typeof argument === "number" ? sysIoctlValue(fd, request, argument) : sysIoctl(fd, request, argument);
  return check(result, describe);
}

/** Operations of flock(2), from <sys/file.h>. */
export const LockOperation = { exclusive: 2, nonBlocking: 4 } as const;

/**
 * Takes the file's lock for the open file alone, flock(2); closing it gives it back.
 * @returns false when somebody else has it.
 * @throws SyscallError
 */
export function tryLock(fd: number): boolean {
  const result = sysLock(fd, LockOperation.exclusive | LockOperation.nonBlocking);
  if (result === -Errno.EAGAIN || result === -Errno.EINTR) return false;
  check(result, () => `Cannot lock descriptor ${fd}`);
  return true;
}
