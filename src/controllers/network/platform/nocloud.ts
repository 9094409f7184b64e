import { metadataOf } from "../../../platform/nocloud/meta-data.ts";
import { readNetworkConfig } from "../../../platform/nocloud/network-config.ts";
import { readSeed } from "../../../platform/nocloud/seed.ts";
import type { SeedPlace } from "../../../platform/nocloud/seed-place.ts";
import type { VolumeAccess } from "../../../platform/volume-files.ts";
import { hostnameSpec } from "../name/hostname.ts";
import type { NetworkSource } from "./network-source.ts";
import { nocloudNetwork } from "./nocloud-network.ts";
import { nothingSaid } from "./nothing-said.ts";

/** A hypervisor's seed: a volume, or a server that it names. */
export const nocloudSource = (place: SeedPlace, access: VolumeAccess): NetworkSource => ({
  needs: place.url === undefined ? "devices" : "network",
  async read(signal) {
    const seed = await readSeed(place, access, signal);
    if (seed === undefined) return undefined;
    const metadata = metadataOf(seed, place);
    const named = hostnameSpec(metadata.hostname ?? "", "platform");
    const about = { ...nothingSaid, metadata, hostnames: named === undefined ? [] : [named] };
    if (seed.networkConfig === undefined) return () => ({ config: about, problems: [] });
    const network = readNetworkConfig(seed.networkConfig);
    return (links) => {
      const { wishes, problems } = nocloudNetwork(network, links);
      return { config: { ...about, ...wishes }, problems };
    };
  },
});
