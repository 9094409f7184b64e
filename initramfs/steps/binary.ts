import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { cached } from "./cache.ts";
import { hashTree, publish, repository } from "./files.ts";
import { architectures, type BuildOptions, hostArchitecture } from "./options.ts";
import { runTool } from "./tool.ts";

// A Worker of a compiled program must be an entry point of its own: the bundler does not follow `new Worker(…)`.
const entryPoints = ["src/main.ts", "src/linux/spawner/worker.ts"];

const flags = [
  ...["--compile", "--minify", "--bytecode", "--format=esm"],
  // Each program loads its own part of the bytecode only: the first stage of a boot needs half the time.
  "--splitting",
  // PID 1 has the working directory /: it must not take its settings from files that happen to lie there.
  ...["--no-compile-autoload-dotenv", "--no-compile-autoload-bunfig"],
];

/** Compiles the one binary; returns its path in the cache. */
export async function compileBinary({ arch, fresh }: Pick<BuildOptions, "arch" | "fresh">): Promise<string> {
  const sources = await hashTree(["src", "package-lock.json", "tsconfig.json"], (path) => !path.endsWith(".test.ts"));
  const target = architectures[arch].bun;
  const directory = await cached({
    name: `machined-${arch}`,
    title: `Compile machined for ${arch}`,
    inputs: [sources, Bun.version, target, ...entryPoints, ...flags],
    fresh,
    produce: async (directory) => {
      const outfile = join(directory, "machined");
      // The host's own Bun needs no download of a target.
      const cross = arch === hostArchitecture() ? [] : [`--target=${target}`];
      await runTool({
        argv: [process.execPath, "build", ...flags, ...cross, `--outfile=${outfile}`, ...entryPoints],
        cwd: repository,
      });
      await chmod(outfile, 0o755);
    },
  });
  return join(directory, "machined");
}

/** Puts the binary into the output directory, under both of its names. */
export async function publishBinary(binary: string, { output }: Pick<BuildOptions, "output">): Promise<void> {
  await publish(binary, join(output, "machined"));
  await publish(binary, join(output, "talosctl"));
}
