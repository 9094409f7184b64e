import type { RebootAction } from "../../linux/reboot.ts";
import { Rlimit, setLimits } from "../../linux/rlimit.ts";
import { setUpCgroups } from "../boot/cgroups.ts";
import { loadDrivers } from "../boot/drivers.ts";
import { enforceHardening } from "../boot/kernel-parameters.ts";
import { loadModuleGroup } from "../boot/module-groups.ts";
import { mountCgroups, mountPseudo, setUpSystemDirectories } from "../boot/mounts.ts";
import type { Log, MachineMode } from "../machine.ts";
import { endMachine, unmountEverything } from "../pid1/end-of-machine.ts";
import { endLeftovers } from "../pid1/leftovers.ts";
import type { Phase, Sequence, SequenceName, Task } from "./sequence.ts";

const OPEN_FILES = 1_048_576;
const LEFTOVERS_GRACE_MS = 10_000;

/** What the sequences act on. */
export interface PlanHost {
  readonly log: Log;
  readonly mode: MachineMode;
  /** Kernel argument `talos.shutdown`. */
  readonly shutdownAction: "halt" | "powerOff";
  readonly onCgroups: (place: (group: string) => string | undefined) => void;
  /** Told while clients still listen, with how the machine is about to end. */
  readonly onEnding: (action: RebootAction) => void;
  /** Starts controllers and the API. */
  readonly startMachined: () => Promise<void>;
  readonly stopMachined: () => Promise<void>;
  /** Resolves when the API answers, or has had its time to. */
  readonly whenApiAnswers: (signal: AbortSignal) => Promise<void>;
  /** Waits for a config, and mounts STATE and EPHEMERAL. */
  readonly provisionVolumes: (signal: AbortSignal) => Promise<void>;
  /** Starts all services of this machine; resolves when all are up. */
  readonly startEverything: (signal: AbortSignal) => Promise<void>;
  /** Has this node's pods start elsewhere; neither fails nor takes for ever. */
  readonly drainNode: (signal: AbortSignal) => Promise<void>;
  /** Waits, not for ever, until nothing needs the kubelet's pods any more. */
  readonly releaseKubelet: (signal: AbortSignal) => Promise<void>;
  /** Has the kubelet end its pods in order; neither fails nor takes for ever. */
  readonly endPods: (signal: AbortSignal) => Promise<void>;
  readonly stopServices: () => Promise<void>;
}

/** The sequences of this machine. */
export function planOf(host: PlanHost): Readonly<Record<SequenceName, (options: { force: boolean }) => Sequence>> {
  return {
    initialize: () => ({ name: "initialize", phases: initialize(host) }),
    boot: () => ({ name: "boot", phases: boot(host) }),
    reboot: ({ force }) => ({
      name: "reboot",
      phases: [
        ...(force ? [] : stopEverything(host, "restart")),
        phase("reboot", { name: "reboot", run: () => endMachine("restart", host.mode) }),
      ],
    }),
    shutdown: ({ force }) => ({
      name: "shutdown",
      phases: [
        ...(force ? [] : [phase("drain", { name: "cordonAndDrainNode", run: host.drainNode })]),
        ...stopEverything(host, host.shutdownAction),
        phase("shutdown", { name: "shutdown", run: () => endMachine(host.shutdownAction, host.mode) }),
      ],
    }),
  };
}

const phase = (name: string, ...tasks: readonly Task[]): Phase => ({ name, tasks });

function initialize({ log, mode, onCgroups, startMachined }: PlanHost): Phase[] {
  const systemDirectories = { name: "setupSystemDirectory", run: () => setUpSystemDirectories(log) };
  const cgroups = {
    name: "mountCgroups",
    run: () => {
      if (mode !== "container") mountCgroups(log);
      onCgroups(setUpCgroups(log));
    },
  };
  // Kernel-wide settings are the host's in a container.
  const ownKernel = [
    { name: "mountPseudo", run: () => mountPseudo(log) },
    { name: "enforceKSPP", run: () => enforceHardening(log) },
    { name: "setRLimit", run: () => setLimits(Rlimit.openFiles, { soft: OPEN_FILES, hard: OPEN_FILES }) },
  ];
  return [
    phase("systemRequirements", systemDirectories, cgroups, ...(mode === "container" ? [] : ownKernel)),
    phase("earlyServices", { name: "startMachined", run: startMachined }),
  ];
}

function boot({ log, mode, provisionVolumes, whenApiAnswers, startEverything }: PlanHost): Phase[] {
  const volumes = {
    name: "mountVolumes",
    run: async (signal: AbortSignal) => {
      await whenApiAnswers(signal);
      await provisionVolumes(signal);
    },
  };
  // Bridges and packet filters, which containers' networks are made of: no service waits for them. In a container the
  // kernel is the host's.
  const modules = {
    name: "loadModules",
    run: async (signal: AbortSignal) => {
      await whenApiAnswers(signal);
      await loadModuleGroup("kubernetes", log);
    },
  };
  // First of all: a config may be on the other side of such a card.
  const drivers = { name: "loadDrivers", run: () => loadDrivers(log) };
  const services = { name: "startAllServices", run: startEverything };
  // Together: each service waits for what it needs itself. The API needs no disk, so it does not share the processors
  // with what does.
  return [phase("startEverything", ...(mode === "container" ? [] : [drivers, modules]), volumes, services)];
}

function stopEverything(host: PlanHost, action: RebootAction): Phase[] {
  const { log, onEnding, releaseKubelet, endPods, stopServices, stopMachined } = host;
  const services = {
    name: "stopAllServices",
    run: () => {
      onEnding(action);
      return stopServices();
    },
  };
  return [
    phase("releaseKubelet", { name: "releaseKubelet", run: releaseKubelet }),
    phase("cleanup", { name: "stopAllPods", run: endPods }),
    phase("stopServices", services),
    phase("stopEverything", { name: "endLeftovers", run: () => endLeftovers(LEFTOVERS_GRACE_MS) }),
    phase("stopMachined", { name: "stopControllers", run: stopMachined }),
    phase("unmount", { name: "unmountEverything", run: () => unmountEverything(log) }),
  ];
}
