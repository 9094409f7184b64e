import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { type Mount, MountFlag, mount, UnmountFlag, unmount } from "../linux/mount.ts";
import { mountTable } from "./table.ts";

/** Mounts, making the target directory (0755) when it is missing. */
export function mountAt(what: Mount): void {
  mkdirSync(what.target, { recursive: true, mode: 0o755 });
  mount(what);
}

/** A tmpfs. `options` as in tmpfs(5): `size=64M,mode=0755`. */
export function mountTmpfs(target: string, options: string, flags = 0): void {
  mountAt({ source: "tmpfs", target, type: "tmpfs", flags, options });
}

export interface BindOptions {
  readonly readOnly?: boolean;
  /** Takes along what is mounted below the source. */
  readonly recursive?: boolean;
}

/** Shows a file or directory at a second place. The target is made when missing, a file for a file. */
export function bindMount(source: string, target: string, { readOnly = false, recursive = false }: BindOptions = {}) {
  if (statSync(source).isDirectory()) mkdirSync(target, { recursive: true });
  else {
    mkdirSync(dirname(target), { recursive: true });
    // Opening what is there for writing would fail on a read-only file system.
    if (!existsSync(target)) writeFileSync(target, "");
  }
  mount({ source, target, flags: MountFlag.bind | (recursive ? MountFlag.recursive : 0) });
  // The kernel ignores "read-only" at the moment of binding: it takes a second call.
  if (readOnly) remountBind(target, MountFlag.readOnly);
}

/** Changes the flags of one mount, not those of its file system. */
export function remountBind(target: string, flags: number): void {
  mount({ source: "none", target, flags: MountFlag.remount | MountFlag.bind | flags });
}

export interface Overlay {
  readonly target: string;
  /** Read-only layers, the topmost first. */
  readonly lower: readonly string[];
  /** Where changes go, and an empty directory on the same file system; left out: the overlay is read-only. */
  readonly upper?: { readonly changes: string; readonly work: string };
}

/** A view of several directories as one, overlayfs(5). The directories for changes are made when missing. */
export function mountOverlay({ target, lower, upper }: Overlay): void {
  const options = [`lowerdir=${lower.map(escapeLayer).join(":")}`];
  if (upper !== undefined) {
    for (const directory of [upper.changes, upper.work]) mkdirSync(directory, { recursive: true });
    options.push(`upperdir=${escapeLayer(upper.changes)}`, `workdir=${escapeLayer(upper.work)}`);
  }
  mountAt({ source: "overlay", target, type: "overlay", options: options.join(",") });
}

/** Whether something is mounted exactly here. */
export const isMountPoint = (target: string): boolean => mountTable().some((entry) => entry.target === target);

/**
 * Unmounts everything at and below a directory, the deepest first. What is in use goes out of sight at once and away
 * when its last user is gone.
 */
export function unmountTree(target: string): void {
  const below = mountTable().filter((entry) => entry.target === target || entry.target.startsWith(`${target}/`));
  for (const entry of below.reverse()) unmount(entry.target, UnmountFlag.detach);
}

const escapeLayer = (path: string) => path.replace(/[\\:,]/g, (character) => `\\${character}`);
