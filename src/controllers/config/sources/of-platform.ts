import type { Platform } from "../../../platform/platform.ts";
import { embeddedSource } from "./embedded.ts";
import { inlineSource } from "./inline.ts";
import type { ConfigSource } from "./source.ts";
import { urlSource } from "./url.ts";
import { configVolumeLabel, type VolumeOptions, volumeSource } from "./volume.ts";

/** Where a machine on this platform looks for its config, in order. */
export function sourcesOf({ configUrl, inlineConfig }: Platform, { loadDrivers }: VolumeOptions): ConfigSource[] {
  return [
    embeddedSource(),
    ...(configUrl === configVolumeLabel ? [volumeSource({ loadDrivers })] : []),
    ...(configUrl === undefined || configUrl === configVolumeLabel ? [] : [urlSource(configUrl)]),
    ...(inlineConfig === undefined ? [] : [inlineSource(inlineConfig)]),
  ];
}
