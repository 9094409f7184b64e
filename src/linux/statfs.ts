import { i32, i64, struct, u64 } from "./struct.ts";
import { syscall } from "./syscall.ts";
import { check } from "./syscall-error.ts";

/** struct statfs on 64-bit machines; the tail holds flags and spare room. */
export const statfsStruct = struct({
  type: i64,
  blockSize: i64,
  blocks: u64,
  freeBlocks: u64,
  availableBlocks: u64,
  files: u64,
  freeFiles: u64,
  id0: i32,
  id1: i32,
  nameLength: i64,
  fragmentSize: i64,
  flags: i64,
  spare0: i64,
  spare1: i64,
  spare2: i64,
  spare3: i64,
});

const sysStatfs = syscall("statfs", ["string", "pointer"]);

export interface FileSystemSpace {
  /** Magic number of the file system type, as in <linux/magic.h>. */
  readonly type: number;
  readonly sizeBytes: number;
  readonly freeBytes: number;
  /** What an unprivileged process may still write. */
  readonly availableBytes: number;
  readonly files: number;
  readonly freeFiles: number;
}

/** Size and free space of the file system that holds `path`, statfs(2). */
export function statfs(path: string): FileSystemSpace {
  const buffer = statfsStruct.encode();
  check(sysStatfs(path, buffer), () => `Cannot read the file system size of "${path}"`);
  const stat = statfsStruct.decode(buffer);
  return {
    type: stat.type,
    sizeBytes: stat.blocks * stat.blockSize,
    freeBytes: stat.freeBlocks * stat.blockSize,
    availableBytes: stat.availableBlocks * stat.blockSize,
    files: stat.files,
    freeFiles: stat.freeFiles,
  };
}
