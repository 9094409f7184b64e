import { join } from "node:path";
import { Failure } from "../../src/errors/failure.ts";
import { type Component, type ComponentName, components } from "../components/components.ts";
import type { ComponentImage } from "../components/images.ts";
import { cached } from "./cache.ts";
import { hashFile, hashTree, repository } from "./files.ts";
import { findGo, type Go } from "./go.ts";
import { type Architecture, architectures } from "./options.ts";
import { readTool } from "./tool.ts";

const directory = "initramfs/components";

/** Compiles some of the components; returns where each program lies in the cache, by name. */
export async function compileComponents(
  names: ReadonlySet<ComponentName>,
  arch: Architecture,
): Promise<ReadonlyMap<ComponentName, string>> {
  const programs = new Map<ComponentName, string>();
  // One after the other: the Go compiler itself takes all processors.
  for (const component of components)
    if (names.has(component.name)) programs.set(component.name, await compileComponent(component, arch));
  return programs;
}

/** Whether a C compiler has a part in some images. */
export function needC(images: readonly ComponentImage[], arch: Architecture): boolean {
  const names: ReadonlySet<string> = new Set(images.flatMap(({ programs }) => Object.values(programs)));
  return components.some(({ name, cgo }: Component) => names.has(name) && cgo?.includes(arch));
}

/** Compiles one program; returns where it lies in the cache. */
export async function compileComponent(component: Component, arch: Architecture): Promise<string> {
  const { name, module, package: path, variables = {} } = component;
  const c = component.cgo?.includes(arch) === true ? await cCompiler(arch) : undefined;
  const settings = Object.entries(variables).map(([variable, value]) => `-X ${variable}=${value}`);
  // Without symbols, build id and paths of this host: smaller, and the same everywhere.
  const flags = [
    ...["-trimpath", "-buildvcs=false", "-mod=readonly", ...(c?.flags ?? []), "-ldflags"],
    ["-s", "-w", "-buildid=", ...settings, ...(c?.linkerFlags ?? [])].join(" "),
  ];
  const environment = { CGO_ENABLED: "0", GOOS: "linux", GOARCH: arch, GOFLAGS: "", GOWORK: "off", ...c?.env };
  const cwd = join(repository, directory, module);
  const go = await goFor(cwd);
  const progress = new CompileProgress();
  const result = await cached({
    name: `component-${name}-${arch}`,
    title: `Compile ${name} for ${arch}`,
    detail: () => progress.describe(),
    inputs: [
      ...[go.version, path, ...flags, JSON.stringify(environment), await hashTree([join(directory, module)])],
      ...(c === undefined ? [] : [c.version]),
    ],
    produce: async (directory) => {
      const env = { ...environment, ...go.env };
      const onErrorLine = (line: string) => progress.hear(line);
      const packages = await readTool({ argv: [go.program, "list", "-deps", path], cwd, env, onErrorLine });
      progress.packages = packages.split("\n").length;
      const output = ["-o", join(directory, name)];
      await readTool({ argv: [go.program, "build", "-v", ...flags, ...output, path], cwd, env, onErrorLine });
    },
  });
  return join(result, name);
}

/** The host's C compiler, and how Go is to use it: the program is static, and looks up users and names without the C library. */
async function cCompiler(arch: Architecture) {
  const program = `${architectures[arch].gnu}-gcc`;
  // Both decide bytes: the compiler, and the library that becomes a part of the program.
  const library = await readTool({ argv: [program, "-print-file-name=libc.a"] });
  return {
    version: `${await readTool({ argv: [program, "--version"] })}\n${await hashFile(library)}`,
    env: { CGO_ENABLED: "1", CC: program },
    flags: ["-tags", "netgo,osusergo"],
    linkerFlags: ["-extldflags", "-static"],
  };
}

/** How far a compilation is, by what Go says of modules and, with `-v`, of packages: those that it has are not named. */
class CompileProgress {
  packages = 0;
  #fetched = 0;
  #compiled = 0;

  hear(line: string): void {
    if (line.startsWith("go: downloading ")) this.#fetched += 1;
    else if (/^[^\s:]+$/.test(line)) this.#compiled += 1;
  }

  describe(): string {
    if (this.#compiled === 0 && this.#fetched > 0) return `${this.#fetched} modules fetched`;
    return this.packages === 0 ? "minutes, the first time" : `${this.#compiled} of ${this.packages} packages`;
  }
}

const found = new Map<string, Promise<Go>>();

/** Components that need the same Go ask for it once. */
async function goFor(directory: string): Promise<Go> {
  const minimum = await minimumGo(directory);
  const go = found.get(minimum) ?? findGo(minimum);
  found.set(minimum, go);
  return go;
}

/** The oldest Go that a module's go.mod allows: `1.25.0`. */
export async function minimumGo(directory: string): Promise<string> {
  const path = join(directory, "go.mod");
  const minimum = /^go (\S+)$/m.exec(await Bun.file(path).text())?.[1];
  if (minimum === undefined) throw new Failure(`Cannot compile "${path}": it does not name the Go that it needs`);
  return minimum;
}
