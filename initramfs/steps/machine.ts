import { join } from "node:path";
import { versions } from "../../src/config/defaults/images.ts";
import { Failure } from "../../src/errors/failure.ts";
import { readLock } from "../packages/lock.ts";
import { networkPlugins } from "../rootfs/containers.ts";
import { dependentOf } from "../rootfs/libraries.ts";
import { compileBinary, publishBinary } from "./binary.ts";
import { compileComponents } from "./components.ts";
import { publish } from "./files.ts";
import { buildsImages } from "./image-source.ts";
import { makeImages, publishImages } from "./images.ts";
import { makeInitramfs } from "./initramfs.ts";
import { prepareKernel } from "./kernel.ts";
import type { BuildOptions, Compression } from "./options.ts";
import { fetchPackages } from "./packages.ts";
import { generateProto } from "./proto.ts";
import type { Results } from "./sizes.ts";
import { makeSquashfs } from "./squashfs.ts";

/** How an initramfs is called says how it is packed. */
export const initramfsEnding: Readonly<Record<Compression, string>> = { none: "", lz4: ".lz4", zstd: ".zst" };

/** The binary alone, for work on the command line. */
export async function buildBinary(options: BuildOptions): Promise<string> {
  await generateProto();
  const binary = await compileBinary(options);
  await publishBinary(binary, options);
  return binary;
}

/** All that a machine boots from. */
export async function buildBootFiles(options: BuildOptions): Promise<Results> {
  const { arch, output, compression } = options;
  const binary = await buildBinary(options);
  const init = await dependentOf("machined", Bun.file(binary));
  if (init === undefined) throw new Failure(`Cannot use "${binary}": it is no program`);
  const lock = await readLock(arch);
  const debs = await fetchPackages(lock);
  const kernel = await prepareKernel(lock, debs, options);
  const programs = await pluginPrograms(options);
  const squashfs = await makeSquashfs({ arch, lock, debs, kernel, programs, goModules, init }, options);
  const initramfs = await makeInitramfs({ lock, debs, kernel, init, squashfs, binary }, options);
  await publish(join(kernel.directory, "vmlinuz"), join(output, `vmlinuz-${arch}`));
  await publish(squashfs, join(output, `rootfs-${arch}.sqsh`));
  await publish(initramfs, join(output, `initramfs-${arch}${initramfsEnding[compression]}`));
  return { binary, squashfs, initramfs, kernel: join(kernel.directory, "vmlinuz") };
}

/** Where they come from: the one that is ours has no version of its own. */
const goModules = [{ name: "github.com/containernetworking/plugins", version: versions.cniPlugins }];

/** Where the plugins that connect pods lie, by their path in the machine. */
async function pluginPrograms({ arch }: BuildOptions): Promise<ReadonlyMap<string, string>> {
  const compiled = await compileComponents(new Set(Object.values(networkPlugins)), arch);
  return new Map(Object.entries(networkPlugins).map(([path, name]) => [path, compiled.get(name) ?? ""]));
}

/** The images that machines pull, where upstream's registries cannot be reached. */
export async function buildImages(options: BuildOptions): Promise<void> {
  if (!(await buildsImages(options))) return;
  const lock = await readLock(options.arch);
  await publishImages(await makeImages({ lock, debs: await fetchPackages(lock) }, options), options);
}
