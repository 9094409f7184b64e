import type { Platform } from "../../../platform/platform.ts";
import { type CloudAccess, cloudSource, knownClouds } from "./cloud.ts";
import { embeddedSource } from "./embedded.ts";
import { inlineSource } from "./inline.ts";
import type { ConfigSource } from "./source.ts";
import { urlSource } from "./url.ts";
import { configVolumeLabel, volumeSource } from "./volume.ts";

/** Where a machine on this platform looks for its config, in order. */
export function sourcesOf(platform: Platform, access: CloudAccess): ConfigSource[] {
  const { configUrl, inlineConfig, mode, name } = platform;
  const isVolume = configUrl === configVolumeLabel;
  return [
    embeddedSource(),
    ...(isVolume ? [volumeSource(access.volumes)] : []),
    ...(configUrl === undefined || isVolume ? [] : [urlSource(configUrl)]),
    // Who names another place means that one.
    ...(mode === "cloud" && configUrl === undefined && (knownClouds.has(name) || inlineConfig === undefined)
      ? [cloudSource(name, access)]
      : []),
    ...(inlineConfig === undefined ? [] : [inlineSource(inlineConfig)]),
  ];
}
