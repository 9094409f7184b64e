import { join } from "node:path";
import { type Component, components } from "../components/components.ts";
import { cached } from "./cache.ts";
import { hashTree, repository } from "./files.ts";
import type { Architecture } from "./options.ts";
import { readTool } from "./tool.ts";

const directory = "initramfs/components";

/** Compiles the components; returns where each program lies in the cache, by name. */
export async function compileComponents(arch: Architecture): Promise<ReadonlyMap<string, string>> {
  const programs = new Map<string, string>();
  // One after the other: the Go compiler itself takes all processors.
  for (const component of components) programs.set(component.name, await compile(component, arch));
  return programs;
}

async function compile({ name, module, package: path, variables }: Component, arch: Architecture): Promise<string> {
  const settings = Object.entries(variables).map(([variable, value]) => `-X ${variable}=${value}`);
  // Without symbols, build id and paths of this host: smaller, and the same everywhere.
  const flags = [
    "-trimpath",
    "-buildvcs=false",
    "-mod=readonly",
    "-ldflags",
    ["-s", "-w", "-buildid=", ...settings].join(" "),
  ];
  const environment = {
    CGO_ENABLED: "0",
    GOOS: "linux",
    GOARCH: arch,
    GOFLAGS: "",
    GOTOOLCHAIN: "auto",
    GOWORK: "off",
  };
  const cwd = join(repository, directory, module);
  const go = await goVersion(cwd);
  const result = await cached({
    name: `component-${name}-${arch}`,
    title: `Compile ${name} for ${arch} (minutes, the first time)`,
    inputs: [go, path, ...flags, JSON.stringify(environment), await hashTree([join(directory, module)])],
    produce: async (directory) => {
      await readTool({ argv: ["go", "build", ...flags, "-o", join(directory, name), path], cwd, env: environment });
    },
  });
  return join(result, name);
}

const versions = new Map<string, string>();

/** The Go that will really compile: where the host's own is too old, it fetches the newer one that go.mod names. */
async function goVersion(cwd: string): Promise<string> {
  const known = versions.get(cwd);
  if (known !== undefined) return known;
  const version = await readTool({ argv: ["go", "version"], cwd, env: { GOTOOLCHAIN: "auto" } });
  versions.set(cwd, version);
  return version;
}
