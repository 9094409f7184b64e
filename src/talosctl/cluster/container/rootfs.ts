import { mkdir, rename, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Failure } from "../../../errors/failure.ts";
import { run } from "../host-program.ts";
import type { Architecture } from "../state.ts";

/**
 * The machine's root file system as a directory, unpacked from the very squashfs that is in the initramfs. Unpacked
 * once for each build of it: a loop mount would need a loop device, which sandboxes often lack.
 * @throws Failure when there is no squashfs yet.
 */
export async function unpackedRootfs(outputDirectory: string, architecture: Architecture): Promise<string> {
  const squashfs = resolve(outputDirectory, `rootfs-${architecture}.sqsh`);
  const built = await stat(squashfs).catch((cause) => {
    throw new Failure(`Cannot find "${squashfs}"`, { cause, hint: "build it with: npm run build" });
  });
  const cache = resolve(outputDirectory, "cache", "rootfs-trees");
  const tree = join(cache, `${architecture}-${built.ino}-${built.size}`);
  if (
    await stat(tree).then(
      () => true,
      () => false,
    )
  )
    return tree;
  await rm(cache, { recursive: true, force: true });
  await mkdir(cache, { recursive: true });
  await run("unsquashfs", "-quiet", "-no-progress", "-dest", `${tree}.partial`, squashfs);
  await rename(`${tree}.partial`, tree);
  return tree;
}
