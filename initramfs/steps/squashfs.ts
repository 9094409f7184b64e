import { join } from "node:path";
import { writeTar } from "../../src/oci/tar-writer.ts";
import { cached } from "./cache.ts";
import type { BuildOptions } from "./options.ts";
import { hashRecipe } from "./recipe.ts";
import { assembleRoot, type RootSources } from "./rootfs.ts";
import { readTool } from "./tool.ts";

const blockBytes = 1 << 20;
const level = 19;

/** The root file system as a compressed, read-only image; returns its path in the cache. */
export async function makeSquashfs(sources: RootSources, { fresh }: Pick<BuildOptions, "fresh">): Promise<string> {
  const { arch } = sources;
  const [version = ""] = (await readTool({ argv: ["mksquashfs", "-version"] })).split("\n");
  const directory = await cached({
    name: `rootfs-${arch}`,
    title: "Pack the root file system",
    inputs: [
      await hashRecipe("initramfs/steps/squashfs.ts"),
      JSON.stringify(sources.lock),
      sources.init.needed.join(" "),
      // A program's place in the cache says what it was compiled from.
      ...sources.programs.values(),
      JSON.stringify(sources.goModules),
      JSON.stringify(sources.kernel.list),
      version,
    ],
    fresh,
    produce: async (directory) => {
      const { tree, origins } = await assembleRoot(sources);
      await packSquashfs(writeTar(tree.entries()), join(directory, "rootfs.sqsh"));
      await Bun.write(
        join(directory, "files.json"),
        JSON.stringify(
          tree.entries().map((entry) => ({
            path: entry.path,
            kind: entry.kind,
            mode: entry.kind === "link" ? 0o777 : entry.mode,
            sizeBytes: entry.kind === "file" ? entry.content.size : 0,
            package: origins.get(entry.path),
          })),
        ),
      );
    },
  });
  return join(directory, "rootfs.sqsh");
}

/** From a tar stream, so that owners and device nodes need no privileges, and times and order are ours. */
async function packSquashfs(tar: AsyncIterable<Uint8Array>, path: string): Promise<void> {
  const compression = ["-comp", "zstd", "-Xcompression-level", String(level), "-b", String(blockBytes)];
  const fixed = ["-mkfs-time", "0", "-all-time", "0", "-all-root", "-no-xattrs", "-noappend", "-root-mode", "755"];
  await readTool({
    argv: ["mksquashfs", "-", path, "-tar", ...compression, ...fixed, "-no-progress", "-quiet"],
    input: tar,
  });
}
