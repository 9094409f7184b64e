import { join, resolve } from "node:path";
import { Failure } from "../../src/errors/failure.ts";
import { repository } from "./files.ts";

/** What a build is asked for. Every step takes what it needs of this, so that a second architecture is only a value. */
export interface BuildOptions {
  readonly arch: Architecture;
  /** Directory of the results, absolute; `_out` of the repository unless a test says otherwise. */
  readonly output: string;
  readonly compression: Compression;
  /** `debian` takes Debian's kernel for virtual machines; `hardened` will be one of our own (kernel-config/). */
  readonly kernel: "debian" | "hardened";
  /** `build` compiles what machines pull from its modules; `upstream` leaves pulling to them. */
  readonly images: "upstream" | "build" | "probe";
  /** Images to build beside those without which no machine is ready, by name; `cluster` stands for all. */
  readonly with: readonly string[];
  /** Makes everything again although its inputs did not change; only compiled components still come from the cache. */
  readonly fresh: boolean;
}

export type Architecture = "amd64" | "arm64";

/** How the initramfs is packed: fast to unpack (`none`, `lz4`) for development, small (`zstd`) for release. */
export type Compression = "none" | "lz4" | "zstd";

/** The names that others give to an architecture. */
export const architectures = {
  amd64: {
    bun: "bun-linux-x64",
    gnu: "x86_64-linux-gnu",
    loader: "/usr/lib64/ld-linux-x86-64.so.2",
    kernel: "cloud-amd64",
  },
  arm64: {
    bun: "bun-linux-arm64",
    gnu: "aarch64-linux-gnu",
    loader: "/usr/lib/ld-linux-aarch64.so.1",
    kernel: "cloud-arm64",
  },
} as const satisfies Record<Architecture, { bun: string; gnu: string; loader: string; kernel: string }>;

/**
 * What a build runs on.
 * @throws Failure on a machine that has no Bun, no Debian, or both.
 */
export function hostArchitecture(): Architecture {
  if (process.arch === "x64") return "amd64";
  if (process.arch === "arm64") return "arm64";
  throw new Failure(`Cannot build on ${process.arch}: it must be amd64 or arm64`);
}

const imageSources = ["upstream", "build", "probe"] as const;

interface OptionTexts {
  readonly arch?: string | undefined;
  readonly compression?: string | undefined;
  readonly kernel?: string | undefined;
  readonly images?: string | undefined;
  readonly with?: readonly string[] | undefined;
  readonly output?: string | undefined;
  readonly fresh?: boolean | undefined;
}

/** @throws Failure naming an option and the values that it can have. */
export function readOptions(texts: OptionTexts): BuildOptions {
  return {
    arch: oneOf("arch", texts.arch ?? "amd64", ["amd64", "arm64"]),
    compression: oneOf("compression", texts.compression ?? "none", ["none", "lz4", "zstd"]),
    kernel: oneOf("kernel", texts.kernel ?? "debian", ["debian", "hardened"]),
    // Whoever asks for certain images asks for images.
    images: oneOf("images", texts.images ?? (texts.with === undefined ? "probe" : "build"), imageSources),
    with: (texts.with ?? ["cluster"]).flatMap((names) => names.split(",")).filter((name) => name !== "none"),
    output: resolve(texts.output ?? join(repository, "_out")),
    fresh: texts.fresh ?? false,
  };
}

function oneOf<T extends string>(option: string, text: string, values: readonly T[]): T {
  const value = values.find((candidate) => candidate === text);
  if (value === undefined)
    throw new Failure(`Cannot use "${text}" for --${option}: it must be one of ${values.join(", ")}`);
  return value;
}
