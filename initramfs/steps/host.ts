import { existsSync } from "node:fs";
import { Failure } from "../../src/errors/failure.ts";
import { type Architecture, architectures, hostArchitecture } from "./options.ts";
import { withProgress } from "./progress.ts";
import { readTool } from "./tool.ts";

interface Tool {
  /** What is looked for: a program's name, or the path of a file. */
  readonly wanted: string;
  /** Debian's package that has it. */
  readonly package: string;
}

const tools: readonly Tool[] = [
  { wanted: "apt-get", package: "apt" },
  { wanted: "dpkg-deb", package: "dpkg" },
  { wanted: "ip", package: "iproute2" },
  { wanted: "lz4", package: "lz4" },
  { wanted: "mkfs.xfs", package: "xfsprogs" },
  { wanted: "mksquashfs", package: "squashfs-tools" },
  { wanted: "mount", package: "util-linux" },
  { wanted: "xz", package: "xz-utils" },
  { wanted: "zstd", package: "zstd" },
];

const emulators = { amd64: "qemu-system-x86", arm64: "qemu-system-arm" } as const;
const emulatorPrograms = { amd64: "qemu-system-x86_64", arm64: "qemu-system-aarch64" } as const;

/** Compiling needs no Go of the host: steps/go.ts fetches one, as an archive. */
const compilerTools: readonly Tool[] = [
  { wanted: "unzip", package: "unzip" },
  // Go asks module proxies over TLS, and trusts nobody where there is no such file.
  { wanted: "/etc/ssl/certs/ca-certificates.crt", package: "ca-certificates" },
];

/** Compiling a component whose parts are in C; its program is static. */
const cTools = (arch: Architecture): readonly Tool[] => {
  const { gnu } = architectures[arch];
  if (arch === hostArchitecture())
    return [
      { wanted: `${gnu}-gcc`, package: "gcc" },
      // The C library's headers and static archive, which gcc alone does not bring.
      { wanted: `/usr/lib/${gnu}/libc.a`, package: "libc6-dev" },
    ];
  return [
    { wanted: `${gnu}-gcc`, package: `gcc-${gnu.replace("_", "-")}` },
    { wanted: `/usr/${gnu}/lib/libc.a`, package: `libc6-dev-${arch}-cross` },
  ];
};

/** What the tests use beyond what a build and a machine need. */
const testTools: readonly Tool[] = [
  { wanted: "gcc", package: "gcc" },
  // The C library's headers and static archive, which gcc alone does not bring.
  { wanted: "/usr/include/stdio.h", package: "libc6-dev" },
  { wanted: "openssl", package: "openssl" },
  { wanted: "dnsmasq", package: "dnsmasq-base" },
  { wanted: "kea-dhcp4", package: "kea-dhcp4-server" },
  { wanted: "kea-dhcp6", package: "kea-dhcp6-server" },
  { wanted: "nft", package: "nftables" },
];

interface HostNeeds {
  readonly arch: Architecture;
  readonly forTests: boolean;
  /** Whether parts of what is compiled are in C. */
  readonly compilesC: boolean;
}

/**
 * Sees to it that the host has what a build needs. As root it installs what is missing and says so; otherwise it
 * prints the command and stops.
 * @throws Failure with that command.
 */
export async function ensureHost({ arch, forTests, compilesC }: HostNeeds): Promise<void> {
  const emulator = { wanted: emulatorPrograms[arch], package: emulators[arch] };
  const all = [
    ...[...tools, ...compilerTools, emulator],
    ...(compilesC ? cTools(arch) : []),
    ...(forTests ? testTools : []),
  ];
  const missing = [...new Set(all.filter(({ wanted }) => !isPresent(wanted)).map((tool) => tool.package))];
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

function isPresent(wanted: string): boolean {
  if (wanted.startsWith("/")) return existsSync(wanted);
  // Debian keeps some out of the way of those who are not root.
  return Bun.which(wanted, { PATH: `${process.env.PATH ?? ""}:/usr/local/sbin:/usr/sbin:/sbin` }) !== null;
}
