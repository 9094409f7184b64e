import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../../src/errors/failure.ts";
import { type LockedPackage, lockPath, type PackageLock } from "../packages/lock.ts";
import { kernelMetaPackage, packageNames, suite } from "../packages/packages.ts";
import type { Architecture } from "./options.ts";
import { withProgress } from "./progress.ts";
import { readTool } from "./tool.ts";

const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
const archive = "http://deb.debian.org";

/**
 * Makes the list of exact packages anew from what the archive offers now. apt does it, in a root directory of its own
 * that needs no privileges: it verifies the archive's signatures, so the hashes in the list are as good as those.
 */
export async function updateLock(arch: Architecture): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), "machined-apt-"));
  try {
    const apt = await prepareApt(root, arch);
    await withProgress("Read Debian's package lists", () => readTool({ argv: ["apt-get", ...apt, "update"] }));
    const kernel = await kernelPackage(apt, arch);
    const locked = await lockPackages(apt, [kernel, ...packageNames]);
    const lock: PackageLock = {
      suite,
      snapshot: new Date().toISOString().replace(/[-:]|\.\d+/g, ""),
      kernel: locked.find(({ name }) => name === kernel) ?? missing(kernel),
      packages: locked.filter(({ name }) => name !== kernel).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    };
    await Bun.write(lockPath(arch), `${JSON.stringify(lock, undefined, 2)}\n`);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Options that keep apt away from the host's lists, sources and settings. */
async function prepareApt(root: string, arch: Architecture): Promise<string[]> {
  for (const directory of ["lists/partial", "cache/archives/partial", "etc/preferences.d"]) {
    await mkdir(join(root, directory), { recursive: true });
  }
  const source = (place: string, name: string) => `deb [signed-by=${keyring}] ${archive}/${place} ${name} main\n`;
  await Bun.write(
    join(root, "etc/sources.list"),
    source("debian", suite) + source("debian", `${suite}-updates`) + source("debian-security", `${suite}-security`),
  );
  await Bun.write(join(root, "status"), "");
  await Bun.write(join(root, "apt.conf"), "");
  const settings = {
    "Dir::State": root,
    "Dir::State::status": join(root, "status"),
    "Dir::Cache": join(root, "cache"),
    "Dir::Etc": join(root, "etc"),
    "APT::Architecture": arch,
    "APT::Architectures": arch,
    "Acquire::ForceHash": "SHA256",
    "Acquire::Languages": "none",
  };
  return Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
}

async function kernelPackage(apt: readonly string[], arch: Architecture): Promise<string> {
  const shown = await readTool({ argv: ["apt-cache", ...apt, "show", "--no-all-versions", kernelMetaPackage + arch] });
  return /^Depends: (linux-image-\S+)/m.exec(shown)?.[1] ?? missing(kernelMetaPackage + arch);
}

async function lockPackages(apt: readonly string[], names: readonly string[]): Promise<LockedPackage[]> {
  const shown = await readTool({ argv: ["apt-get", ...apt, "download", "--print-uris", ...names] });
  const lines = shown.split("\n").filter((line) => line.startsWith("'"));
  return lines.map((line) => {
    const [, url = "", sizeBytes, sha256 = ""] = /^'([^']+)' \S+ (\d+) SHA256:([0-9a-f]{64})$/.exec(line) ?? [];
    const path = decodeURIComponent(new URL(url).pathname).slice(1);
    const [name = "", version = ""] = (path.split("/").at(-1) ?? "").split("_");
    return { name, version, path, sizeBytes: Number(sizeBytes), sha256 };
  });
}

function missing(name: string): never {
  throw new Failure(`Cannot find the package ${name} in ${suite}: the archive does not list it`);
}
