import { Failure } from "../../errors/failure.ts";
import type { Descriptor } from "../descriptor.ts";

/** The machine's platform, in the words of image indexes (Go's GOOS and GOARCH). */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
}

export interface IndexEntry extends Descriptor {
  readonly platform: Platform | undefined;
}

export interface Manifest {
  readonly config: Descriptor;
  /** From the bottom up. */
  readonly layers: readonly Descriptor[];
}

/** What an image wants to run, and the digests of its uncompressed layers. */
export interface ImageConfig {
  readonly layerDigests: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly directory: string;
}

const layersAtMost = 127;
const digestPattern = /^sha256:[0-9a-f]{64}$/;

/** Entries of an image index. @throws Failure when it has none that can be read */
export function parseIndex(bytes: Uint8Array): IndexEntry[] {
  const { manifests } = parseObject(bytes, "index");
  return arrayOf(manifests, "manifests").map((entry) => {
    const { platform } = objectOf(entry, "manifests");
    return {
      ...descriptorOf(entry, "manifests"),
      platform: platform === undefined ? undefined : platformOf(objectOf(platform, "platform")),
    };
  });
}

/** @throws Failure naming what is wrong */
export function parseManifest(bytes: Uint8Array): Manifest {
  const { config, layers } = parseObject(bytes, "manifest");
  const list = arrayOf(layers, "layers");
  if (list.length > layersAtMost) throw new Failure(`Cannot read image manifest: ${list.length} layers are too many`);
  return { config: descriptorOf(config, "config"), layers: list.map((layer) => descriptorOf(layer, "layers")) };
}

/** @throws Failure naming what is wrong */
export function parseImageConfig(bytes: Uint8Array): ImageConfig {
  const { rootfs, config = {} } = parseObject(bytes, "config");
  const { Env, Entrypoint, Cmd, WorkingDir } = objectOf(config ?? {}, "config");
  const digests = strings(objectOf(rootfs, "rootfs").diff_ids, "rootfs.diff_ids");
  const wrong = digests.find((digest) => !digestPattern.test(digest));
  if (wrong !== undefined) throw new Failure(`Cannot read image config: "${wrong}" is not a sha256 digest`);
  return {
    layerDigests: digests,
    environment: Object.fromEntries(strings(Env, "config.Env").map(splitVariable)),
    entrypoint: strings(Entrypoint, "config.Entrypoint"),
    command: strings(Cmd, "config.Cmd"),
    directory: typeof WorkingDir === "string" && WorkingDir !== "" ? WorkingDir : "/",
  };
}

type Fields = Readonly<Record<string, unknown>>;

function parseObject(bytes: Uint8Array, what: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new Failure(`Cannot read image ${what}: it is not JSON`, { cause });
  }
  return objectOf(value, what);
}

function objectOf(value: unknown, field: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw new Failure(`Cannot read image: ${field} is not an object`);
}

function arrayOf(value: unknown, field: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Failure(`Cannot read image: ${field} is not a list`);
}

/** A list of strings; absent and null are empty, as Go writes them. */
function strings(value: unknown, field: string): string[] {
  return arrayOf(value ?? [], field).map((item) => {
    if (typeof item === "string") return item;
    throw new Failure(`Cannot read image: ${field} holds something else than text`);
  });
}

function descriptorOf(value: unknown, field: string): Descriptor {
  const { mediaType, digest, size } = objectOf(value, field);
  if (typeof digest !== "string" || !digestPattern.test(digest)) {
    throw new Failure(`Cannot read image: ${field} holds no sha256 digest`);
  }
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
    throw new Failure(`Cannot read image: ${field} holds no size`);
  }
  return { mediaType: typeof mediaType === "string" ? mediaType : "", digest, size };
}

const platformOf = ({ os, architecture }: Fields): Platform => ({ os: String(os), architecture: String(architecture) });

function splitVariable(text: string): [string, string] {
  const equals = text.indexOf("=");
  return equals < 0 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
}
