import { join } from "node:path";
import { Failure } from "../../src/errors/failure.ts";
import type { Architecture } from "../steps/options.ts";

/** The exact packages of an image, checked in: the same file gives the same image, today and next year. */
export interface PackageLock {
  readonly suite: string;
  /** When the list was made; also names the snapshot of the archive that surely has these packages. */
  readonly snapshot: string;
  readonly kernel: LockedPackage;
  readonly packages: readonly LockedPackage[];
}

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** From the archive's root: `debian/pool/main/r/runc/runc_….deb`. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export function lockPath(arch: Architecture): string {
  return join(import.meta.dir, `${arch}.lock.json`);
}

/** @throws Failure when the list was never made for this architecture. */
export async function readLock(arch: Architecture): Promise<PackageLock> {
  const file = Bun.file(lockPath(arch));
  if (!(await file.exists()))
    throw new Failure(`Cannot read the package list for ${arch}: it was never made`, {
      hint: `bun build.ts lock --arch ${arch}`,
    });
  return file.json();
}
