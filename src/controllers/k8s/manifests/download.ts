import { Failure } from "../../../errors/failure.ts";

export interface Download {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The largest that people apply, definitions of dozens of kinds, are 5 MiB. */
export const maximumManifestBytes = 16 << 20;
const timeoutMs = 60_000;

/**
 * The text at a URL. A query `checksum=sha256:<hex>` is not sent but held against what comes.
 * @throws Failure naming the URL; headers are never told, they may be secrets
 */
export async function download({ url, headers }: Download, signal: AbortSignal): Promise<string> {
  const what = `Cannot fetch manifest ${url}`;
  const address = URL.parse(url);
  if (address === null || !/^https?:$/.test(address.protocol)) {
    throw new Failure(`${what}: it is no http:// or https:// URL`, { hint: "Correct it in the machine configuration" });
  }
  const checksum = address.searchParams.get("checksum") ?? undefined;
  address.searchParams.delete("checksum");
  const bytes = await fetchBytes(address, headers, what, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
  if (checksum !== undefined) verify(bytes, checksum, what);
  return new TextDecoder().decode(bytes);
}

async function fetchBytes(
  address: URL,
  headers: Readonly<Record<string, string>>,
  what: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    const response = await fetch(address, { headers, signal });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Failure(`${what}: HTTP status ${response.status}`);
    }
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > maximumManifestBytes) throw new Failure(`${what}: it is over ${maximumManifestBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (cause) {
    throw cause instanceof Failure ? cause : new Failure(what, { cause });
  }
  return Buffer.concat(chunks);
}

const algorithms: ReadonlySet<string> = new Set(["md5", "sha1", "sha256", "sha512"]);

function verify(bytes: Uint8Array, checksum: string, what: string): void {
  const [algorithm = "", expected = ""] = checksum.split(":");
  if (!algorithms.has(algorithm)) throw new Failure(`${what}: its checksum is none of ${[...algorithms].join(", ")}`);
  const actual = new Bun.CryptoHasher(algorithm as "sha256").update(bytes).digest("hex");
  if (actual !== expected.toLowerCase()) throw new Failure(`${what}: its checksum is ${algorithm}:${actual}`);
}
