import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../../src/errors/failure.ts";
import { messageOf } from "../../src/errors/message.ts";
import type { FileEntry } from "../../src/oci/file-entry.ts";
import { readTar } from "../../src/oci/tar-reader.ts";
import type { LockedPackage, PackageLock } from "../packages/lock.ts";
import { cacheRoot } from "./cache.ts";
import { download } from "./download.ts";
import { withProgress } from "./progress.ts";
import { runTool } from "./tool.ts";

const parallelDownloads = 4;

/**
 * Fetches packages that are not in the cache yet; needs no privileges and no apt. What arrives is checked against the
 * hash in the lock file, so it does not matter which mirror it came from.
 * @returns where each package lies, by name.
 */
export async function fetchPackages(lock: PackageLock): Promise<ReadonlyMap<string, string>> {
  const wanted = [lock.kernel, ...lock.packages];
  const directory = join(cacheRoot, "debian");
  await mkdir(directory, { recursive: true });
  const pathOf = ({ name, sha256 }: LockedPackage) => join(directory, `${name}-${sha256}.deb`);
  const present = await Promise.all(wanted.map((item) => Bun.file(pathOf(item)).exists()));
  const absent = wanted.filter((_, index) => !present[index]);
  let finished = 0;
  const queue = [...absent];
  const work = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      await fetchPackage(item, lock.snapshot, pathOf(item));
      finished += 1;
    }
  };
  if (absent.length > 0) {
    await withProgress(
      "Fetch Debian packages",
      () => Promise.all(Array.from({ length: parallelDownloads }, work)),
      () => `${finished} of ${absent.length}`,
    );
  }
  return new Map(wanted.map((item) => [item.name, pathOf(item)]));
}

/** The files that a package would install. */
export async function unpackPackage(path: string): Promise<FileEntry[]> {
  return [...readTar(await runTool({ argv: ["dpkg-deb", "--fsys-tarfile", path] }))];
}

/** Mirrors drop a version when the next one is out; the snapshot archive never does. */
async function fetchPackage(item: LockedPackage, snapshot: string, path: string): Promise<void> {
  const encoded = item.path.split("/").map(encodeURIComponent).join("/");
  const [archive = "", ...rest] = encoded.split("/");
  const urls = [
    `http://deb.debian.org/${encoded}`,
    `https://snapshot.debian.org/archive/${archive}/${snapshot}/${rest.join("/")}`,
  ];
  await download({ urls, sha256: item.sha256, path }).catch((cause: unknown) => {
    throw new Failure(`Cannot fetch the package ${item.name} ${item.version}: ${messageOf(cause)}`, {
      hint: 'Where no mirror has it any more, "bun build.ts lock" takes the current versions',
    });
  });
}
