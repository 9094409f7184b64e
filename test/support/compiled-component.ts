import { readdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { Failure } from "../../src/errors/failure.ts";

const architecture = process.arch === "arm64" ? "arm64" : "amd64";

/** A program that the build compiled for this host: the newest in the cache. */
export async function compiledComponent(name: string): Promise<string> {
  const directory = join(homedir(), ".cache/machined", `component-${name}-${architecture}`);
  const builds = await readdir(directory).catch((): string[] => []);
  const programs = await Promise.all(
    builds.map(async (build) => {
      const path = join(directory, build, name);
      const found = await stat(path).catch(() => undefined);
      return { path, madeAt: found?.mtimeMs ?? 0 };
    }),
  );
  const newest = programs.toSorted((left, right) => right.madeAt - left.madeAt)[0];
  if (newest === undefined || newest.madeAt === 0)
    throw new Failure(`Cannot run ${name}: it is not compiled`, { hint: "Run: bun build.ts --with cluster images" });
  return newest.path;
}
