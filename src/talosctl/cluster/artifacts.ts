import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { Failure } from "../../errors/failure.ts";
import type { Architecture } from "./state.ts";

/** How the initramfs was packed, by the ending of its name. */
export const compressions = ["zstd", "lz4", "none"] as const;
export type Compression = (typeof compressions)[number];

const ending: Record<Compression, string> = { zstd: ".zst", lz4: ".lz4", none: "" };

export interface BootFiles {
  readonly kernel: string;
  readonly initrd: string;
  /** Changes whenever a build replaced one of them. */
  readonly identity: string;
}

export interface BootFileOptions {
  readonly architecture: Architecture;
  readonly kernel?: string;
  readonly initrd?: string;
  readonly compression?: Compression;
  /** Where the build puts its results. */
  readonly outputDirectory: string;
}

/**
 * The kernel and initramfs to boot: what was named, else what the build left.
 * @throws Failure saying how to build them.
 */
export async function findBootFiles(options: BootFileOptions): Promise<BootFiles> {
  const { architecture, outputDirectory } = options;
  const kernel = resolve(options.kernel ?? `${outputDirectory}/vmlinuz-${architecture}`);
  const candidates = options.compression === undefined ? compressions : [options.compression];
  const named = candidates.map((compression) => `${outputDirectory}/initramfs-${architecture}${ending[compression]}`);
  const initrd = await newest(options.initrd === undefined ? named : [options.initrd]);
  const identities = await Promise.all([kernel, initrd].map(identityOf));
  return { kernel, initrd, identity: identities.join(" ") };
}

/** Of the files that exist, the one written last: what the developer has just built. */
async function newest(paths: readonly string[]): Promise<string> {
  let found: { readonly path: string; readonly mtimeMs: number } | undefined;
  for (const path of paths.map((path) => resolve(path))) {
    const mtimeMs = await stat(path).then(
      (file) => file.mtimeMs,
      () => undefined,
    );
    if (mtimeMs !== undefined && mtimeMs > (found?.mtimeMs ?? 0)) found = { path, mtimeMs };
  }
  if (found !== undefined) return found.path;
  throw new Failure(`Cannot find an initramfs: none of ${paths.join(", ")} exists`, {
    hint: "build it with: npm run build",
  });
}

async function identityOf(path: string): Promise<string> {
  try {
    // Not the time: a build that finds a file in its cache touches it there, and so every link to it.
    const { ino, size } = await stat(path);
    return `${ino}-${size}`;
  } catch (cause) {
    throw new Failure(`Cannot find "${path}"`, { cause, hint: "build it with: npm run build" });
  }
}
