import type { PlatformMetadata } from "../../resources/runtime/platform-metadata.ts";
import { readForeignMap } from "../foreign-document.ts";
import type { Seed } from "./seed.ts";
import type { SeedPlace } from "./seed-place.ts";

/** What a seed says about the machine itself. */
export function metadataOf(seed: Seed, place: SeedPlace): PlatformMetadata {
  const said = readForeignMap(seed.metaData ?? "");
  const given = { hostname: place.hostname ?? said?.text("hostname"), internalDNS: said?.text("local-hostname") };
  // Some hypervisors name the machine in its user-data only.
  const named = given.hostname === undefined && given.internalDNS === undefined ? fallbackOf(seed) : given;
  const fields = {
    ...{ platform: "nocloud", hostname: named.hostname ?? named.internalDNS, internalDNS: named.internalDNS },
    ...{ externalDNS: said?.text("public-hostname"), instanceId: place.instanceId ?? said?.text("instance-id") },
    ...{ instanceType: said?.text("instance-type"), providerId: said?.text("provider-id") },
    ...{ region: said?.text("region"), zone: said?.text("zone") },
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== ""));
}

function fallbackOf({ userData }: Seed): { hostname: string | undefined; internalDNS: string | undefined } {
  const text = new TextDecoder().decode(userData ?? new Uint8Array());
  // A machine's config, or a compressed one, names no machine in this way, and may be long.
  const said = text.startsWith("#cloud-config") ? readForeignMap(text) : undefined;
  return { hostname: said?.text("hostname"), internalDNS: said?.text("local-hostname") };
}
