import { BootProgress } from "./boot-progress.ts";
import { BootedEntry } from "./booted-entry.ts";
import { DevicesStatus } from "./devices-status.ts";
import { Diagnostic } from "./diagnostic.ts";
import { Environment } from "./environment.ts";
import { EventSinkConfig } from "./event-sink-config.ts";
import { ExtensionServiceConfig } from "./extension-service-config.ts";
import { ExtensionServiceConfigStatus } from "./extension-service-config-status.ts";
import { ExtensionStatus } from "./extension-status.ts";
import { KernelCmdline } from "./kernel-cmdline.ts";
import { KernelModuleSpec } from "./kernel-module-spec.ts";
import { KernelParamDefaultSpec } from "./kernel-param-default-spec.ts";
import { KernelParamSpec } from "./kernel-param-spec.ts";
import { KernelParamStatus } from "./kernel-param-status.ts";
import { KmsgLogConfig } from "./kmsg-log-config.ts";
import { LoadedKernelModule } from "./loaded-kernel-module.ts";
import { MachineResetSignal } from "./machine-reset-signal.ts";
import { MachineStatus } from "./machine-status.ts";
import { MaintenanceServiceConfig } from "./maintenance-service-config.ts";
import { MaintenanceServiceRequest } from "./maintenance-service-request.ts";
import { MetaKey } from "./meta-key.ts";
import { MetaLoad } from "./meta-load.ts";
import { MountStatus } from "./mount-status.ts";
import { OOMAction } from "./oom-action.ts";
import { PlatformMetadata } from "./platform-metadata.ts";
import { SBOMItem } from "./sbom-item.ts";
import { SecurityState } from "./security-state.ts";
import { UniqueMachineToken } from "./unique-machine-token.ts";
import { Version } from "./version.ts";
import { WatchdogTimerConfig } from "./watchdog-timer-config.ts";
import { WatchdogTimerStatus } from "./watchdog-timer-status.ts";

export const runtimeTypes = [
  BootedEntry,
  BootProgress,
  DevicesStatus,
  Diagnostic,
  Environment,
  EventSinkConfig,
  ExtensionServiceConfig,
  ExtensionServiceConfigStatus,
  ExtensionStatus,
  KernelCmdline,
  KernelModuleSpec,
  KernelParamDefaultSpec,
  KernelParamSpec,
  KernelParamStatus,
  KmsgLogConfig,
  LoadedKernelModule,
  MachineResetSignal,
  MachineStatus,
  MaintenanceServiceConfig,
  MaintenanceServiceRequest,
  MetaKey,
  MetaLoad,
  MountStatus,
  OOMAction,
  PlatformMetadata,
  SBOMItem,
  SecurityState,
  UniqueMachineToken,
  Version,
  WatchdogTimerConfig,
  WatchdogTimerStatus,
] as const;
