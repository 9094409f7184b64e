import { Failure } from "../../../errors/failure.ts";
import type { Platform } from "../../../platform/platform.ts";
import { embeddedSource } from "./embedded.ts";
import { inlineSource } from "./inline.ts";
import type { ConfigSource } from "./source.ts";
import { urlSource } from "./url.ts";
import { configVolumeLabel, type VolumeOptions, volumeSource } from "./volume.ts";

/** Where a machine on this platform looks for its config, in order. */
export function sourcesOf(platform: Platform, { loadDrivers }: VolumeOptions): ConfigSource[] {
  const { configUrl, inlineConfig, mode } = platform;
  const isNamed = configUrl !== undefined || inlineConfig !== undefined;
  return [
    embeddedSource(),
    ...(configUrl === configVolumeLabel ? [volumeSource({ loadDrivers })] : []),
    ...(configUrl === undefined || configUrl === configVolumeLabel ? [] : [urlSource(configUrl)]),
    ...(inlineConfig === undefined ? [] : [inlineSource(inlineConfig)]),
    ...(mode === "cloud" && !isNamed ? [cloudSource(platform.name)] : []),
  ];
}

/** Machines of a cloud may be reached by the whole world: one whose cloud we cannot ask must not take anybody's config. */
const cloudSource = (name: string): ConfigSource => ({
  name: "platform",
  place: name,
  needsNetwork: false,
  read: async () => {
    throw new Failure(`Cannot ask the platform ${name} for the machine configuration: this version does not know how`, {
      hint: "Name another place with the kernel argument talos.config=<url>",
    });
  },
});
