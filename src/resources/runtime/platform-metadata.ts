import { defineResource } from "../define.ts";
import { boolean, mapOf, string } from "../fields/index.ts";

/** What the platform says about this machine. */
export const PlatformMetadata = defineResource({
  type: "PlatformMetadatas.talos.dev",
  namespace: "runtime",
  spec: {
    platform: string(1).optional(),
    hostname: string(2).optional(),
    region: string(3).optional(),
    zone: string(4).optional(),
    instanceType: string(5).optional(),
    instanceId: string(6).optional(),
    providerId: string(7).optional(),
    spot: boolean(8).optional(),
    internalDNS: string(9).optional(),
    externalDNS: string(10).optional(),
    tags: mapOf(11, string(2)).optional(),
  },
  columns: { Platform: "{.platform}", Type: "{.instanceType}", Region: "{.region}", Zone: "{.zone}" },
});

export type PlatformMetadata = typeof PlatformMetadata.Type;
