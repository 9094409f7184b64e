import { fromBase64 } from "../../../bytes/base64.ts";
import { decodeConfig } from "./decode.ts";
import type { ConfigSource } from "./source.ts";

/** A config that came with the kernel's arguments, in base64: plain, gzip or zstd. */
export const inlineSource = (base64: string): ConfigSource => ({
  name: "inline",
  place: "talos.config.inline",
  read: async () => decodeConfig(fromBase64(base64)),
});
