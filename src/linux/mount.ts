import { rawSyscall, syscall } from "./syscall.ts";
import { check } from "./syscall-error.ts";

/** Flags of mount(2), from <sys/mount.h>. */
export const MountFlag = {
  readOnly: 1,
  noSuid: 2,
  noDev: 4,
  noExec: 8,
  remount: 32,
  noAccessTime: 1024,
  bind: 4096,
  move: 8192,
  recursive: 16384,
  silent: 32768,
  private: 1 << 18,
  slave: 1 << 19,
  shared: 1 << 20,
  relativeAccessTime: 1 << 21,
} as const;

/** Flags of umount2(2), from <sys/mount.h>. */
export const UnmountFlag = { force: 1, detach: 2, noFollow: 8 } as const;

const sysMount = syscall("mount", ["string", "string", "string", "long", "string"]);
const sysUnmount = syscall("umount2", ["string", "int"]);
const sysPivotRoot = rawSyscall("pivot_root", ["string", "string"]);
const sysChangeRoot = syscall("chroot", ["string"]);
const sysChangeDirectory = syscall("chdir", ["string"]);

export interface Mount {
  /** Device, directory, or a word of your choice where the type needs no source. */
  readonly source: string;
  readonly target: string;
  /** File system type; left out for binds, moves and changes of propagation. */
  readonly type?: string;
  /** MountFlag values, or-ed. */
  readonly flags?: number;
  /** File system options, such as `size=64M,mode=0755`. */
  readonly options?: string;
}

/**
 * Attaches a file system, mount(2).
 * @throws SyscallError naming the type, the source and the target.
 */
export function mount({ source, target, type, flags = 0, options }: Mount): void {
  check(
    sysMount(source, target, type ?? null, flags, options ?? null),
    () => `Cannot mount ${type ?? "(no type)"} from "${source}" on "${target}"`,
  );
}

/** Detaches what is mounted on `target`, umount2(2). `flags`: UnmountFlag values, or-ed. */
export function unmount(target: string, flags = 0): void {
  check(sysUnmount(target, flags), () => `Cannot unmount "${target}"`);
}

/** Moves a mount to another place, with everything mounted below it. */
export function moveMount(source: string, target: string): void {
  check(sysMount(source, target, null, MountFlag.move, null), () => `Cannot move the mount "${source}" to "${target}"`);
}

/**
 * Makes `newRoot` the root of the mount namespace and hangs the old root under `oldRoot`, pivot_root(2).
 * With "." for both the old root lies on top of the new one and can be unmounted at once.
 */
export function pivotRoot(newRoot: string, oldRoot: string): void {
  check(sysPivotRoot(newRoot, oldRoot), () => `Cannot make "${newRoot}" the root directory`);
}

/** Changes the root directory of this thread's group of file system users, chroot(2). */
export function changeRoot(path: string): void {
  check(sysChangeRoot(path), () => `Cannot change the root directory to "${path}"`);
}

/** chdir(2). Unlike process.chdir it acts on the calling thread when its file system view is its own (`unshare`). */
export function changeDirectory(path: string): void {
  check(sysChangeDirectory(path), () => `Cannot change to the directory "${path}"`);
}
