import { monotonicMs } from "../linux/clock.ts";
import type { KernelArguments } from "../platform/kernel-arguments.ts";
import type { Platform } from "../platform/platform.ts";
import { announceReadiness } from "./boot/readiness.ts";
import { MachineConfiguration } from "./configuration/configuration.ts";
import { publishMachineStatus } from "./events/machine-status-events.ts";
import type { Log, Machine } from "./machine.ts";
import { ordersOf } from "./orders.ts";
import { makeParts } from "./parts.ts";
import { watchPowerButton } from "./pid1/power-button.ts";
import { handleSignals } from "./pid1/signals.ts";
import { planOf } from "./sequences/plan.ts";
import { MachineSequencer, SequenceTakenOverError } from "./sequences/sequencer.ts";

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
  const parts = await makeParts(options.log, mode);
  const { state, events, logs, stage, progress, supervisor, host, meta, runtime } = parts;
  const { log } = logs;
  progress.record({
    sequence: "initialize",
    phase: "initramfs",
    startedMs: initramfsStartedMs || 0,
    endedMs: enteredMs,
  });
  const stopping = new AbortController();
  const sequencer = new MachineSequencer({
    ...{ log, events, nowMs },
    onPhase: (timing) => progress.record(timing),
    onSequence: (name) => stage.enter(name),
    onFatal: fatal,
    plan: planOf(ordersOf({ parts, args, platform, stopping, machine: () => machine })),
  });
  const machine: Machine = {
    ...{ state, runtime, events, logs: logs.store, supervisor, sequencer, meta, mode, log },
    bootstrapGate: host.bootstrapGate,
    configuration: new MachineConfiguration({ state, log, mode, reboot: () => sequencer.reboot() }),
    platform: platform.name,
    containerd: host.containerd,
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
