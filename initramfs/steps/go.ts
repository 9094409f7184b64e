import { chmod, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../../src/errors/failure.ts";
import { toolchain } from "../components/toolchain.ts";
import { cached } from "./cache.ts";
import { download } from "./download.ts";
import { type Architecture, hostArchitecture } from "./options.ts";
import { readTool, runTool } from "./tool.ts";

/** A Go that can compile what was asked for. */
export interface Go {
  readonly program: string;
  /** What it says of itself: part of what decides a program's bytes. */
  readonly version: string;
  readonly env: Readonly<Record<string, string>>;
}

const defaultProxy = "https://proxy.golang.org";

/**
 * The host's Go where it is at least `minimum`, else the pinned one, fetched by us: Debian's may be too old to fetch a
 * newer one (bookworm), or ask a checksum database that is out of reach.
 */
export async function findGo(minimum: string): Promise<Go> {
  const host = Bun.which("go");
  const version = host === null ? undefined : await readTool({ argv: [host, "version"], env: local });
  if (host !== null && version !== undefined && isAtLeast(version, minimum))
    return { program: host, version, env: local };
  const root = await fetchToolchain();
  const program = join(root, "bin/go");
  // A GOROOT of the host's own would lead it to the host's compiler.
  const env = { ...local, GOROOT: root };
  return { program, version: await readTool({ argv: [program, "version"], env }), env };
}

/** It shall be what it is: never fetch and become another, whatever the host's settings say. */
const local = { GOTOOLCHAIN: "local" };

/** Whether `go version` names a release that is not older: `go version go1.19.8 linux/amd64`. */
export function isAtLeast(said: string, minimum: string): boolean {
  const version = /\bgo(\d+\.\d+(?:\.\d+)?)/.exec(said)?.[1];
  return version !== undefined && Bun.semver.order(withPatch(version), withPatch(minimum)) >= 0;
}

/** Go's first releases of a series had no third number until 1.21. */
function withPatch(version: string): string {
  return /^\d+\.\d+$/.test(version) ? `${version}.0` : version;
}

/** Addresses of the toolchain's archive, by the rules of GOPROXY: `direct` and `off` are no proxies. */
export function archiveUrls(setting: string | undefined, arch: Architecture): string[] {
  const names = (setting || defaultProxy).split(/[,|]/).map((name) => name.trim().replace(/\/$/, ""));
  const path = `golang.org/toolchain/@v/v0.0.1-go${toolchain.version}.linux-${arch}.zip`;
  return names.filter((name) => /^https?:/.test(name)).map((name) => `${name}/${path}`);
}

/** @returns the directory that Go calls GOROOT. */
async function fetchToolchain(): Promise<string> {
  const arch = hostArchitecture();
  const sha256 = toolchain.sha256[arch];
  const urls = archiveUrls(process.env.GOPROXY, arch);
  if (urls.length === 0)
    throw new Failure(`Cannot fetch Go ${toolchain.version}: GOPROXY names no server`, {
      hint: `Install Go ${toolchain.version} or later, or set GOPROXY=${defaultProxy}`,
    });
  const directory = await cached({
    name: `go-${arch}`,
    title: `Fetch Go ${toolchain.version}`,
    inputs: [sha256],
    produce: async (directory) => {
      const archive = join(directory, "archive.zip");
      await download({ urls, sha256, path: archive });
      await runTool({ argv: ["unzip", "-q", archive, "-d", directory] });
      await rm(archive);
      const prefix = `golang.org/toolchain@v0.0.1-go${toolchain.version}.linux-${arch}`;
      await rename(join(directory, prefix), join(directory, "go"));
      await rm(join(directory, "golang.org"), { recursive: true });
      await restore(join(directory, "go"));
    },
  });
  return join(directory, "go");
}

/** An archive of a module keeps no modes, and no go.mod but its own: Go's standard library hides its ones as _go.mod. */
async function restore(root: string): Promise<void> {
  for (const path of await filesBelow(join(root, "src"))) {
    if (path.endsWith("/_go.mod")) await rename(path, path.replace(/_go\.mod$/, "go.mod"));
  }
  for (const directory of ["bin", "pkg/tool"]) {
    for (const path of await filesBelow(join(root, directory))) await chmod(path, 0o755);
  }
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
