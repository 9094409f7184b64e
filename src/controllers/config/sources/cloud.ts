import { Failure } from "../../../errors/failure.ts";
import { MetadataService } from "../../../platform/aws/metadata-service.ts";
import { readSeed, userDataOf } from "../../../platform/nocloud/seed.ts";
import type { SeedPlace } from "../../../platform/nocloud/seed-place.ts";
import type { VolumeAccess } from "../../../platform/volume-files.ts";
import { decodeConfig } from "./decode.ts";
import type { ConfigSource, SourceNeed } from "./source.ts";

export interface CloudAccess {
  /** For reading volumes. */
  readonly volumes: VolumeAccess;
  /** Where a NoCloud machine finds its seed. */
  readonly seedPlace: SeedPlace;
}

/** The config that whoever made a machine of a cloud gave it along, which clouds call user data. */
export function cloudSource(platform: string, { volumes, seedPlace }: CloudAccess): ConfigSource {
  const from = (needs: SourceNeed, read: (signal: AbortSignal) => Promise<Uint8Array | undefined>): ConfigSource => ({
    name: "platform",
    place: `${platform}'s user data`,
    needs,
    async read(_facts, signal) {
      const content = await read(signal);
      return content === undefined ? undefined : decodeConfig(content);
    },
  });
  if (platform === "nocloud") {
    return from(seedPlace.url === undefined ? "devices" : "network", async (signal) => {
      const seed = await readSeed(seedPlace, volumes, signal);
      return seed === undefined ? undefined : await userDataOf(seed, signal);
    });
  }
  if (platform === "aws")
    return from("network", async (signal) => (await MetadataService.open(signal)).userData(signal));
  return unknownCloud(platform);
}

/** The clouds that can be asked. */
export const knownClouds: ReadonlySet<string> = new Set(["nocloud", "aws"]);

/** Machines of a cloud may be reached by the whole world: one whose cloud we cannot ask must not take anybody's config. */
const unknownCloud = (name: string): ConfigSource => ({
  name: "platform",
  place: name,
  read: async () => {
    throw new Failure(`Cannot ask the platform ${name} for the machine configuration: this version does not know how`, {
      hint: "Name another place with the kernel argument talos.config=<url>",
    });
  },
});
