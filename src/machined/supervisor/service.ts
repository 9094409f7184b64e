import type { State } from "../../cosi/state.ts";
import type { Spawner } from "../../linux/spawner/spawner.ts";
import type { Machine } from "../machine.ts";
import type { HealthCheck } from "./health.ts";
import type { ResourceReference } from "./resource-changes.ts";
import type { Runner } from "./runner.ts";

/** What services are made from: given to runners, conditions and health checks. */
export interface ServiceHost extends Pick<Machine, "state" | "mode" | "log" | "containerd" | "bootstrapGate"> {
  readonly state: State;
  readonly spawner: Spawner;
  /** Absolute directory of one of our cgroups, such as `system/udevd`; undefined where we may not make any. */
  readonly cgroup: (group: string) => string | undefined;
}

/** Something that must be so before a service starts. */
export interface Condition {
  /** Completes "Waiting for …": `network to be ready`. */
  readonly description: string;
  /** Resolves when it is so. Rejects only when the signal aborts. */
  readonly wait: (host: ServiceHost, signal: AbortSignal) => Promise<void>;
}

/** One service, said once: the supervisor derives everything else. */
export interface ServiceDefinition {
  /** Id as users type it; also the name of its log. */
  readonly id: string;
  /** How it runs: `process({…})` here, `container({…})` in machined/containers. */
  readonly runs: (host: ServiceHost) => Runner;
  /** Machines that have it; default: all. */
  readonly machineTypes?: readonly string[];
  /** False where it makes no sense, such as udevd without a kernel of our own. */
  readonly inContainerMode?: boolean;
  /** Services that must be up (running, and healthy where they have a health check) before, and stop after it. */
  readonly after?: readonly string[];
  readonly waitsFor?: readonly Condition[];
  /** What a run is made from: when one of these changes, the run is ended and the next follows what is so then. */
  readonly restartsOn?: readonly ResourceReference[];
  /** Runs once before the first start: directories, modules. What it reports becomes an event. */
  readonly prepare?: (host: ServiceHost, signal: AbortSignal, report: (message: string) => void) => Promise<void>;
  /** Runs after every start, beside the service: triggers, first connections. Failures are logged. */
  readonly afterStart?: (host: ServiceHost, signal: AbortSignal) => Promise<void>;
  readonly health?: HealthCheck;
  /** Pause between the end of a run and the next start. */
  readonly restartPauseMs?: number;
  /** At the machine's end it stops after all others: the API's door, by which the end is ordered and followed. */
  readonly stopsLast?: boolean;
  /** How long it may take to end after SIGTERM before SIGKILL. */
  readonly stopGraceMs?: number;
}

/** Checks a definition for what the type system cannot see, and freezes it. */
export function defineService(definition: ServiceDefinition): ServiceDefinition {
  if (definition.after?.includes(definition.id)) {
    throw new TypeError(`Cannot define service "${definition.id}": it depends on itself`);
  }
  return Object.freeze(definition);
}
