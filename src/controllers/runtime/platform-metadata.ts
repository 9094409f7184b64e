import { defineController } from "../../cosi/controller.ts";
import { SystemInformation } from "../../resources/hardware/system-information.ts";
import { PlatformMetadata } from "../../resources/runtime/platform-metadata.ts";

export interface PlatformMetadataOptions {
  /** Value of `talos.platform`. */
  readonly platform: string;
  /** Kernel argument `talos.hostname`. */
  readonly hostname: string | undefined;
}

/** Says what the machine runs on, and what it is called there. */
export const platformMetadataController = ({ platform, hostname }: PlatformMetadataOptions) =>
  defineController({
    name: "network.PlatformConfigController",
    inputs: [{ kind: SystemInformation, id: "systeminformation", strength: "weak" }],
    outputs: [{ kind: PlatformMetadata, sharing: "exclusive" }],
    async reconcile(context) {
      const instanceId = (await context.get(SystemInformation, "systeminformation"))?.spec.uuid;
      await context.put(PlatformMetadata, "platformmetadata", {
        platform,
        ...(hostname === undefined ? {} : { hostname }),
        ...(instanceId === undefined ? {} : { instanceId }),
      });
    },
  });
