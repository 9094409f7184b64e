import { createReadStream, type Stats } from "node:fs";
import { lstat, readlink } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { type Pack, pack } from "tar-stream";
import type { common, machine } from "../../../proto/index.ts";
import { toData } from "./data.ts";
import { absolutePath, fileError } from "./path.ts";
import { type WalkEntry, walk } from "./walk.ts";

const unlimitedDepth = 1_000;

/** MachineService/Copy: a file or a tree as tar.gz. Sockets and devices are left out. */
export async function* copy(
  { root_path }: machine.CopyRequest,
  { signal }: { readonly signal: AbortSignal },
): AsyncGenerator<common.Data.$Properties> {
  const root = absolutePath(root_path);
  await lstat(root).catch((error: unknown) => {
    throw fileError(error);
  });
  const archive = pack();
  const compressed = archive.pipe(createGzip({ level: 1 })).pipe(new PassThrough());
  const stop = (): void => archive.destroy();
  signal.addEventListener("abort", stop, { once: true });
  const filled = fill(archive, root, signal).catch((error: unknown) => {
    compressed.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  try {
    yield* toData(compressed);
    await filled;
  } catch (error) {
    throw fileError(error);
  } finally {
    signal.removeEventListener("abort", stop);
    archive.destroy();
  }
}

async function fill(archive: Pack, root: string, signal: AbortSignal): Promise<void> {
  for await (const entry of walk(root, { maximumDepth: unlimitedDepth, signal })) {
    // What vanished since it was listed is no error of the copy.
    if (entry.stats !== undefined) await add(archive, entry, entry.stats);
  }
  archive.finalize();
}

async function add(archive: Pack, { path, relativePath, depth }: WalkEntry, stats: Stats): Promise<void> {
  const name = depth === 0 && stats.isFile() ? (path.split("/").at(-1) ?? path) : relativePath;
  const header = { name, mode: stats.mode & 0o7777, mtime: stats.mtime, uid: stats.uid, gid: stats.gid };
  if (stats.isDirectory()) archive.entry({ ...header, type: "directory" }, "");
  else if (stats.isSymbolicLink()) archive.entry({ ...header, type: "symlink", linkname: await readlink(path) }, "");
  else if (stats.isFile()) await pipeline(exactly(path, stats.size), archive.entry({ ...header, size: stats.size }));
}

/** A file may grow or shrink while it is copied; its header has promised a size, so that is what is sent. */
async function* exactly(path: string, size: number): AsyncGenerator<Uint8Array> {
  let left = size;
  if (left > 0) {
    for await (const chunk of createReadStream(path, { end: size - 1 })) {
      left -= chunk.length;
      yield chunk;
    }
  }
  for (; left > 0; left -= zeros.length) yield zeros.subarray(0, left);
}

const zeros = new Uint8Array(64 * 1024);
