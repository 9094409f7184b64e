import { memoryState } from "../cosi/memory/memory-state.ts";
import { Runtime } from "../cosi/runtime.ts";
import { monotonicMs } from "../linux/clock.ts";
import { RebootCommand } from "../linux/reboot.ts";
import { createSpawner } from "../linux/spawner/spawner.ts";
import type { KernelArguments } from "../platform/kernel-arguments.ts";
import type { Platform } from "../platform/platform.ts";
import { Service } from "../resources/v1alpha1/service.ts";
import { BootProgressRecorder } from "./boot/progress.ts";
import { announceReadiness } from "./boot/readiness.ts";
import { writeConfiguredFiles } from "./boot/user-files.ts";
import { createVolumes } from "./boot/volumes.ts";
import { MachineConfiguration } from "./configuration/configuration.ts";
import { containerdConnector } from "./connect-containerd.ts";
import { RingEventLog } from "./events/event-log.ts";
import { publishMachineStatus } from "./events/machine-status-events.ts";
import { ConsoleLines } from "./logs/console-lines.ts";
import { createControllerLog, keepLog } from "./logs/controller-log.ts";
import { createLogStore } from "./logs/log-store.ts";
import { ServiceLines } from "./logs/service-lines.ts";
import type { Log, Machine } from "./machine.ts";
import { watchPowerButton } from "./pid1/power-button.ts";
import { handleSignals } from "./pid1/signals.ts";
import { planOf } from "./sequences/plan.ts";
import { MachineSequencer, SequenceTakenOverError } from "./sequences/sequencer.ts";
import { StageTracker } from "./sequences/stage.ts";
import { BootstrapGate } from "./services/etcd-bootstrap.ts";
import { services } from "./services/index.ts";
import { startServices } from "./services/start.ts";
import { apiFirst, whenConfigured, whenResource } from "./supervisor/conditions.ts";
import type { ServiceHost } from "./supervisor/service.ts";
import { ServiceSupervisor } from "./supervisor/supervisor.ts";

export interface StartOptions {
  readonly log: Log;
  readonly args: KernelArguments;
  readonly platform: Platform;
  /** For errors that leave no way to go on. */
  readonly fatal: (thrown: unknown) => void;
  /** Milliseconds since kernel start; NaN when there was no first stage. */
  readonly initramfsStartedMs: number;
}

/** Makes the machine's parts, connects them, and boots. */
export async function startMachine(options: StartOptions): Promise<void> {
  const { args, platform, fatal, initramfsStartedMs } = options;
  const { mode } = platform;
  // A container has no boot of its own: its time begins with us.
  const originMs = mode === "container" ? monotonicMs() - performance.now() : 0;
  const nowMs = () => monotonicMs() - originMs;
  const enteredMs = nowMs();
  const state = memoryState();
  const events = new RingEventLog();
  const serviceLines = new ServiceLines(options.log);
  const consoleLines = new ConsoleLines(options.log);
  const logs = createLogStore({
    onWrite: (id, bytes) => {
      serviceLines.write(id, bytes);
      consoleLines.write(id, bytes);
    },
  });
  const log = keepLog(options.log, logs.open("machined"));
  const controllerLog = createControllerLog(log, logs.open("controller-runtime"));
  const spawner = await createSpawner({ drop: "module-and-boot" });
  const containerd = containerdConnector();
  const stage = new StageTracker();
  const progress = new BootProgressRecorder(state);
  progress.record({
    sequence: "initialize",
    phase: "initramfs",
    startedMs: initramfsStartedMs || 0,
    endedMs: enteredMs,
  });

  let place: (group: string) => string | undefined = () => undefined;
  const bootstrapGate = new BootstrapGate();
  const host: ServiceHost = { state, mode, log, containerd, bootstrapGate, spawner, cgroup: (group) => place(group) };
  const supervisor = new ServiceSupervisor(
    services.filter((service) => mode !== "container" || service.inContainerMode !== false),
    { host, logs, events },
  );
  const volumes = createVolumes({
    ...{ log, state, spawner },
    whenDisksAreNamed: async (signal) => {
      await whenResource(state, Service, "udevd", ({ healthy }) => healthy, signal);
    },
    writeFiles: (config) => writeConfiguredFiles(config, { log, state }),
  });
  const runtime = new Runtime({ state, log: (name, level, text) => controllerLog.write(name, level, text) });

  const stopping = new AbortController();
  const running: Promise<unknown>[] = [];
  const sequencer = new MachineSequencer({
    log,
    events,
    nowMs,
    onPhase: (timing) => progress.record(timing),
    onSequence: (name) => stage.enter(name),
    onFatal: fatal,
    plan: planOf({
      log,
      mode,
      shutdownAction: args.last("talos.shutdown") === "halt" ? "halt" : "powerOff",
      onCgroups: (found) => {
        place = found;
      },
      onEnding: (action) =>
        events.publish({ kind: "machine.RestartEvent", value: { cmd: RebootCommand[action] >>> 0 } }),
      provisionVolumes: async (signal) => {
        await volumes.provision(await whenConfigured(state, signal), signal);
        await machine.configuration.stateReady();
      },
      startMachined: async () => {
        // It starts up on another processor while this one loads and makes all that it waits for: hence the imports here.
        await supervisor.start("apid");
        await (await import("./api/server.ts")).serveApi(machine);
        await (await import("../resources/register.ts")).registerTypes(state);
        const { controllersOf } = await import("./controllers.ts");
        for (const controller of controllersOf({
          ...machine,
          supervisor,
          stage,
          platform,
          args,
          volumes,
          serviceLines,
          spawner,
          onDebug: (debug) => {
            controllerLog.debug = debug;
            consoleLines.enabled = debug;
          },
        }))
          runtime.register(controller);
        running.push(runtime.run(stopping.signal));
      },
      stopMachined: async () => {
        stopping.abort();
        await Promise.all(running);
      },
      whenApiAnswers: (signal) => apiFirst.wait(host, signal),
      startEverything: (signal) => startServices(supervisor, state, signal),
      stopServices: () => supervisor.stopAll(),
    }),
  });
  const machine: Machine = {
    state,
    runtime,
    events,
    logs,
    supervisor,
    sequencer,
    bootstrapGate,
    configuration: new MachineConfiguration({ state, log, mode, reboot: () => sequencer.reboot() }),
    mode,
    platform: platform.name,
    containerd,
    log,
  };
  handleSignals(sequencer, log);
  if (mode !== "container") watchPowerButton(() => sequencer.shutdown({ force: true }));
  void announceReadiness({ supervisor, log, progress, nowMs, signal: stopping.signal });
  void publishMachineStatus(state, events, stopping.signal);
  await boot(sequencer);
  stage.booted();
}

async function boot(sequencer: MachineSequencer): Promise<void> {
  try {
    await sequencer.run("initialize");
    await sequencer.run("boot");
  } catch (thrown) {
    // Whoever reboots a machine that still boots wants just that.
    if (!(thrown instanceof SequenceTakenOverError)) throw thrown;
  }
}
