import { hostname as kernelHostname } from "node:os";
import type { CloudAccess } from "../controllers/config/sources/cloud.ts";
import { awsSource } from "../controllers/network/platform/aws.ts";
import type { NetworkSource } from "../controllers/network/platform/network-source.ts";
import { nocloudSource } from "../controllers/network/platform/nocloud.ts";
import { platformCloudConfigController } from "../controllers/network/platform/platform-cloud-config.ts";
import { platformConfigController } from "../controllers/network/platform/platform-config.ts";
import { platformConfigApplyController } from "../controllers/network/platform/platform-config-apply.ts";
import { platformConfigLoadController } from "../controllers/network/platform/platform-config-load.ts";
import { platformConfigStoreController } from "../controllers/network/platform/platform-config-store.ts";
import type { Controller } from "../cosi/controller.ts";
import type { KernelArguments } from "../platform/kernel-arguments.ts";
import { seedPlaceOf } from "../platform/nocloud/seed-place.ts";
import type { Platform } from "../platform/platform.ts";
import { readSmbios } from "../platform/smbios.ts";
import { loadModuleGroup } from "./boot/module-groups.ts";
import type { Volumes } from "./boot/volumes.ts";
import type { Log } from "./machine.ts";

export interface PlatformControllersHost {
  readonly log: Log;
  readonly args: KernelArguments;
  readonly platform: Platform;
  readonly volumes: Volumes;
}

/** What whoever asks a platform needs of the machine. */
export const platformAccessOf = ({ log, args }: Pick<PlatformControllersHost, "log" | "args">): CloudAccess => ({
  volumes: { loadDrivers: () => loadModuleGroup("filesystem", log) },
  seedPlace: seedPlaceOf(args, readSmbios().serialNumber),
});

/** What the platform says about the machine, and what follows from it. */
export function platformControllersOf(host: PlatformControllersHost): readonly Controller[] {
  const { args, platform, volumes } = host;
  const source = networkSourceOf(platform.name, platformAccessOf(host));
  return [
    source === undefined
      ? platformConfigController({ platform: platform.name, hostname: givenName(platform, args) })
      : platformCloudConfigController(source),
    platformConfigApplyController(platform.name),
    // A container has what its runtime gives it.
    ...(platform.mode === "container"
      ? []
      : [platformConfigLoadController({ openState: volumes.openState }), platformConfigStoreController()]),
  ];
}

function networkSourceOf(platform: string, { volumes, seedPlace }: CloudAccess): NetworkSource | undefined {
  if (platform === "nocloud") return nocloudSource(seedPlace, volumes);
  return platform === "aws" ? awsSource() : undefined;
}

/** What whoever started the machine calls it; a container's kernel, and its arguments, are the host's. */
const givenName = ({ mode }: Platform, args: KernelArguments): string | undefined =>
  mode === "container" ? kernelHostname() : args.last("talos.hostname");
