import { seccompProfileFileController } from "../controllers/cri/seccomp-profile-files.ts";
import { seccompProfileController } from "../controllers/cri/seccomp-profiles.ts";
import { trustedRootsController } from "../controllers/files/trusted-roots.ts";
import { udevRulesController } from "../controllers/files/udev-rules.ts";
import { pciDriverRebindConfigController } from "../controllers/hardware/pci-driver-rebind-config.ts";
import { debugController } from "../controllers/runtime/debug.ts";
import { devicesStatusController } from "../controllers/runtime/devices-status.ts";
import { clockDiagnosticController } from "../controllers/runtime/diagnostics/clock.ts";
import { diskSpaceController } from "../controllers/runtime/diagnostics/disk-space.ts";
import { etcdQuorumController } from "../controllers/runtime/diagnostics/etcd-quorum.ts";
import { environmentController } from "../controllers/runtime/environment.ts";
import { eventSinkConfigController } from "../controllers/runtime/event-sink-config.ts";
import { extensionServiceConfigController } from "../controllers/runtime/extension-service-config.ts";
import { kernelCmdlineController } from "../controllers/runtime/kernel-cmdline.ts";
import { kernelModuleConfigController } from "../controllers/runtime/kernel-module-config.ts";
import { kernelModuleSpecController } from "../controllers/runtime/kernel-module-spec.ts";
import { kernelParamConfigController } from "../controllers/runtime/kernel-param-config.ts";
import { kernelParamDefaultsController } from "../controllers/runtime/kernel-param-defaults.ts";
import { kernelParamSpecController } from "../controllers/runtime/kernel-param-spec.ts";
import { loadedKernelModuleController } from "../controllers/runtime/loaded-kernel-module.ts";
import { securityStateController } from "../controllers/runtime/security-state.ts";
import { uniqueMachineTokenController } from "../controllers/runtime/unique-machine-token.ts";
import { versionController } from "../controllers/runtime/version.ts";
import { watchdogTimerController } from "../controllers/runtime/watchdog-timer.ts";
import { watchdogTimerConfigController } from "../controllers/runtime/watchdog-timer-config.ts";
import type { Controller } from "../cosi/controller.ts";
import type { Spawner } from "../linux/spawner/spawner.ts";
import type { KernelArguments } from "../platform/kernel-arguments.ts";
import type { Platform } from "../platform/platform.ts";
import { enterEnvironment, environmentArguments, machineEnvironment } from "./boot/environment.ts";
import { loadNamedModule } from "./boot/named-module.ts";
import { reloadRules } from "./services/udevadm.ts";

export interface RuntimeControllersHost {
  readonly args: KernelArguments;
  readonly platform: Platform;
  readonly spawner: Spawner;
  /** Whether controllers' logs are to have all lines. */
  readonly onDebug: (debug: boolean) => void;
}

/** What the configuration changes in the running system, and what the system shows of itself. */
export function runtimeControllersOf(host: RuntimeControllersHost): readonly Controller[] {
  const { args, platform, spawner, onDebug } = host;
  const ownKernel = platform.mode !== "container";
  return [
    debugController(onDebug),
    versionController(),
    uniqueMachineTokenController(),
    securityStateController({ ownKernel }),
    devicesStatusController({ ownKernel }),
    clockDiagnosticController(),
    diskSpaceController(),
    etcdQuorumController(),
    environmentController({
      base: { ...machineEnvironment, ...environmentArguments(args) },
      enter: enterEnvironment,
    }),
    kernelParamDefaultsController({ ownKernel }),
    kernelParamConfigController(),
    kernelParamSpecController({ ownKernel }),
    kernelModuleConfigController(),
    trustedRootsController(),
    eventSinkConfigController(ownKernel ? args.last("talos.events.sink") : undefined),
    extensionServiceConfigController(),
    pciDriverRebindConfigController(),
    watchdogTimerConfigController(),
    seccompProfileController(),
    seccompProfileFileController(),
    ...(ownKernel ? ofOwnKernel(args, spawner) : []),
  ];
}

/** In a container the kernel, its modules, its command line and its devices are the host's. */
const ofOwnKernel = (args: KernelArguments, spawner: Spawner): readonly Controller[] => [
  kernelCmdlineController(args.text),
  kernelModuleSpecController({ load: loadNamedModule }),
  loadedKernelModuleController(),
  watchdogTimerController(),
  udevRulesController({ reload: (signal) => reloadRules(spawner, signal) }),
];
