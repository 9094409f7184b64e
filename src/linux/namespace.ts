import { close, open } from "./file-descriptor.ts";
import { syscall } from "./syscall.ts";
import { check } from "./syscall-error.ts";

/** Kinds of namespaces, from <linux/sched.h>. */
export const CloneFlag = {
  fs: 0x200,
  newTime: 0x80,
  newMount: 0x20000,
  newCgroup: 0x2000000,
  newUts: 0x4000000,
  newIpc: 0x8000000,
  newUser: 0x10000000,
  newPid: 0x20000000,
  newNet: 0x40000000,
} as const;

const sysUnshare = syscall("unshare", ["int"]);
const sysSetns = syscall("setns", ["int", "int"]);

/**
 * Gives the calling thread namespaces of its own, unshare(2). Only this thread: a Worker keeps its own to itself,
 * and processes it spawns inherit them.
 * @param flags CloneFlag values, or-ed.
 */
export function unshare(flags: number): void {
  check(sysUnshare(flags), () => `Cannot create namespaces (flags 0x${flags.toString(16)})`);
}

/**
 * Moves the calling thread into the namespace of a file such as `/proc/7/ns/net`, setns(2).
 * For a mount namespace the thread must not share its file system view: `unshare(CloneFlag.fs)` first.
 */
export function setns(path: string): void {
  const file = open(path);
  try {
    joinNamespace(file);
  } finally {
    close(file);
  }
}

/** As `setns`, with an open descriptor of the namespace. */
export function joinNamespace(fd: number): void {
  check(sysSetns(fd, 0), () => `Cannot join the namespace of descriptor ${fd}`);
}
