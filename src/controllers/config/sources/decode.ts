import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { Failure } from "../../../errors/failure.ts";
import { maximumConfigBytes } from "./source.ts";

/**
 * Config text as it is, or in gzip's or zstd's form; a few bytes of those can stand for more than the memory holds.
 * @throws Failure when it cannot be decompressed, or is too long then.
 */
export function decodeConfig(bytes: Uint8Array): string {
  const options = { maxOutputLength: maximumConfigBytes };
  try {
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipSync(bytes, options).toString();
    if (bytes[0] === 0x28 && bytes[1] === 0xb5) return zstdDecompressSync(bytes, options).toString();
  } catch (cause) {
    throw new Failure("Cannot decompress the machine configuration", {
      cause,
      hint: "it may be plain YAML, or that in the form of gzip or zstd, and 4 MiB long",
    });
  }
  return new TextDecoder().decode(bytes);
}
