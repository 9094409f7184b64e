import { BlockDevice } from "./block-device.ts";
import { BlockSymlink } from "./block-symlink.ts";
import { DiscoveredVolume } from "./discovered-volume.ts";
import { DiscoveryRefreshRequest } from "./discovery-refresh-request.ts";
import { DiscoveryRefreshStatus } from "./discovery-refresh-status.ts";
import { Disk } from "./disk.ts";
import { MountRequest } from "./mount-request.ts";
import { MountStatus } from "./mount-status.ts";
import { SwapStatus } from "./swap-status.ts";
import { SystemDisk } from "./system-disk.ts";
import { UserDiskConfigStatus } from "./user-disk-config-status.ts";
import { VolumeConfig } from "./volume-config.ts";
import { VolumeLifecycle } from "./volume-lifecycle.ts";
import { VolumeMountRequest } from "./volume-mount-request.ts";
import { VolumeMountStatus } from "./volume-mount-status.ts";
import { VolumeStatus } from "./volume-status.ts";
import { ZswapStatus } from "./zswap-status.ts";

export const blockTypes = [
  BlockDevice,
  BlockSymlink,
  DiscoveredVolume,
  DiscoveryRefreshRequest,
  DiscoveryRefreshStatus,
  Disk,
  MountRequest,
  MountStatus,
  SwapStatus,
  SystemDisk,
  UserDiskConfigStatus,
  VolumeConfig,
  VolumeLifecycle,
  VolumeMountRequest,
  VolumeMountStatus,
  VolumeStatus,
  ZswapStatus,
] as const;
