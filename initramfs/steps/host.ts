import { Failure } from "../../src/errors/failure.ts";
import type { Architecture } from "./options.ts";
import { withProgress } from "./progress.ts";
import { readTool } from "./tool.ts";

interface Tool {
  /** What is looked for. */
  readonly program: string;
  /** Debian's package that has it. */
  readonly package: string;
}

const tools: readonly Tool[] = [
  { program: "apt-get", package: "apt" },
  { program: "dpkg-deb", package: "dpkg" },
  { program: "ip", package: "iproute2" },
  { program: "lz4", package: "lz4" },
  { program: "mkfs.xfs", package: "xfsprogs" },
  { program: "mksquashfs", package: "squashfs-tools" },
  { program: "mount", package: "util-linux" },
  { program: "xz", package: "xz-utils" },
  { program: "zstd", package: "zstd" },
];

const emulators = { amd64: "qemu-system-x86", arm64: "qemu-system-arm" } as const;
const emulatorPrograms = { amd64: "qemu-system-x86_64", arm64: "qemu-system-aarch64" } as const;

/** Compiling needs no Go of the host: steps/go.ts fetches one, as an archive. */
const compilerTools: readonly Tool[] = [{ program: "unzip", package: "unzip" }];

/** What the tests use beyond what a build and a machine need. */
const testTools: readonly Tool[] = [
  // With the C library's headers and static archive, which gcc alone does not bring.
  { program: "gcc", package: "build-essential" },
  { program: "dnsmasq", package: "dnsmasq-base" },
  { program: "containerd", package: "containerd" },
  { program: "runc", package: "runc" },
];

interface HostNeeds {
  readonly arch: Architecture;
  readonly forTests: boolean;
  /** Whether components are compiled here. */
  readonly compiles: boolean;
}

/**
 * Sees to it that the host has what a build needs. As root it installs what is missing and says so; otherwise it
 * prints the command and stops.
 * @throws Failure with that command.
 */
export async function ensureHost({ arch, forTests, compiles }: HostNeeds): Promise<void> {
  const emulator = { program: emulatorPrograms[arch], package: emulators[arch] };
  const wanted = [...tools, emulator, ...(compiles ? compilerTools : []), ...(forTests ? testTools : [])];
  const path = `${process.env.PATH ?? ""}:/usr/local/sbin:/usr/sbin:/sbin`;
  const missing = wanted
    .filter(({ program }) => Bun.which(program, { PATH: path }) === null)
    .map((tool) => tool.package);
  if (missing.length === 0) return;
  const install = ["apt-get", "install", "--yes", "--no-install-recommends", ...missing] as const;
  if (process.getuid?.() !== 0 || Bun.which("apt-get") === null)
    throw new Failure(`Cannot build: this host lacks ${missing.join(", ")}`, {
      hint: `sudo apt-get update && sudo ${install.join(" ")}`,
    });
  process.stderr.write(`This host lacks ${missing.join(", ")}: ${install.join(" ")}\n`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await withProgress("Install packages", async () => {
    await readTool({ argv: ["apt-get", "update"], env });
    await readTool({ argv: install, env });
  });
}
