import type { ApplyMode } from "../config/changes/plan.ts";
import type { MachineConfig as ParsedConfig } from "../config/index.ts";
import type { Containerd } from "../containerd/client.ts";
import type { LogLevel } from "../cosi/controller.ts";
import type { Runtime } from "../cosi/runtime.ts";
import type { State } from "../cosi/state.ts";
import type { BootstrapGate } from "./etcd/bootstrap-gate.ts";

export type { ApplyMode, LogLevel };

/** Writes one line to the kernel log, where the console and `talosctl dmesg` find it. */
export type Log = (level: LogLevel, text: string) => void;

/** What kind of machine we are: a container has no kernel of its own, and leaves kernel-wide settings alone. */
export type MachineMode = "metal" | "cloud" | "container";

/** Everything an API method or a service may need of the machine it runs on. One per process, made by main.ts. */
export interface Machine {
  readonly state: State;
  readonly runtime: Runtime;
  readonly events: EventLog;
  readonly logs: LogStore;
  readonly supervisor: Supervisor;
  readonly sequencer: Sequencer;
  readonly configuration: Configuration;
  /** What outlives even the config. */
  readonly meta: MetaStore;
  /** Where etcd, as long as it has no data, waits for the call to begin. */
  readonly bootstrapGate: BootstrapGate;
  readonly mode: MachineMode;
  /** Value of `talos.platform`, such as `metal` or `container`. */
  readonly platform: string;
  /** The one containerd; the connection is made on first use and made again after it broke. */
  containerd(): Promise<Containerd>;
  readonly log: Log;
}

/** A message of the event stream, before it is recorded. */
export interface EventMessage {
  /** Full proto name, such as `machine.SequenceEvent`. */
  readonly kind: string;
  /** The message's fields, in proto (snake_case) names. */
  readonly value: object;
}

export interface RecordedEvent extends EventMessage {
  /** Sortable by time: 20 characters, base32hex in lower case. */
  readonly id: string;
  /** Who caused it: the actor id of a reboot, or empty. */
  readonly actorId: string;
  readonly at: Date;
}

export interface EventSelection {
  /** Start with the last N recorded; -1 starts with all of them. */
  readonly tailEvents?: number;
  /** Start after this event. */
  readonly tailId?: string;
  /** Start with what is at most this old. */
  readonly tailSeconds?: number;
  /** Only events of this actor. */
  readonly actorId?: string;
  readonly signal: AbortSignal;
}

/** The last 1000 events, and whoever listens. */
export interface EventLog {
  publish(message: EventMessage, actorId?: string): void;
  subscribe(selection: EventSelection): AsyncIterable<RecordedEvent>;
}

export interface LogReadOptions {
  /** Go on with what is written later, until `signal` aborts. */
  readonly follow?: boolean;
  /** Start with the last N lines; -1 or absent starts with everything held. */
  readonly tailLines?: number;
  readonly signal?: AbortSignal;
}

/** The last mebibyte that a service wrote. A slow reader is not buffered for: it skips what the ring has dropped. */
export interface LogRing {
  write(bytes: Uint8Array): void;
  read(options?: LogReadOptions): AsyncIterable<Uint8Array>;
  /** The last lines as text, for messages about a service that failed. */
  lastLines(count: number): readonly string[];
}

export interface LogStore {
  /** The log of that service, made on first use. */
  open(id: string): LogRing;
  get(id: string): LogRing | undefined;
  ids(): string[];
}

export type ServiceState =
  | "Initialized"
  | "Starting"
  | "Preparing"
  | "Waiting"
  | "Running"
  | "Stopping"
  | "Finished"
  | "Failed"
  | "Skipped";

export interface ServiceEvent {
  readonly message: string;
  readonly state: ServiceState;
  readonly at: Date;
}

export interface ServiceHealth {
  readonly unknown: boolean;
  readonly healthy: boolean;
  readonly lastMessage: string;
  readonly lastChange: Date;
}

export interface ServiceSnapshot {
  readonly id: string;
  readonly state: ServiceState;
  /** The last 64, oldest first. */
  readonly events: readonly ServiceEvent[];
  readonly health: ServiceHealth;
  /** What it fails of again and again, and what to do about it; none while it does not. */
  readonly problem: readonly string[];
}

/** All methods throw Failure when there is no such service; rules about who may ask are the API's. */
export interface Supervisor {
  list(): ServiceSnapshot[];
  start(id: string): Promise<void>;
  /** Returns when the service has stopped. */
  stop(id: string): Promise<void>;
  restart(id: string): Promise<void>;
}

/** Small values by tag, 1 to 255; both throw Failure when they cannot be stored, and nothing has changed then. */
export interface MetaStore {
  write(tag: number, value: Uint8Array): Promise<void>;
  /** False when there is no such value. */
  delete(tag: number): Promise<boolean>;
}

/** Both return at once: the sequence runs on its own, and its events carry the actor id. */
export interface Sequencer {
  reboot(options?: { readonly mode?: "default" | "powercycle" | "force" }): { actorId: string };
  shutdown(options?: { readonly force?: boolean }): { actorId: string };
}

export interface ApplyRequest {
  readonly text: string;
  readonly mode: ApplyMode;
  /** Says what would be done, and does nothing. */
  readonly dryRun: boolean;
  /** How long a config that is tried stays in force. */
  readonly tryTimeoutMs: number;
  /** By somebody who may configure a machine that has no config, and no other. */
  readonly onlyFirst?: boolean;
}

export interface ApplyReply {
  /** What `auto` came to, or the mode asked for. */
  readonly mode: ApplyMode;
  /** For people. */
  readonly details: string;
  readonly warnings: readonly string[];
}

/** Where the first config of a boot came from; what STATE held need not be written there again. */
export type ConfigSource = "state" | "embedded" | "platform" | "inline" | "maintenance";

/** The machine's one configuration: all that changes it passes here, one change at a time. */
export interface Configuration {
  /** True from `enterMaintenance` until a config is acquired. */
  readonly inMaintenance: boolean;

  /**
   * Parses, validates, plans, and unless it is a dry run saves, puts in force, and reboots if that is the plan.
   * @throws ConfigFailure naming every fault; StatusError when the machine cannot do it in this mode; Failure when it
   * cannot be saved. Nothing has changed then.
   */
  apply(request: ApplyRequest): Promise<ApplyReply>;

  /** The first config of this boot: puts it in force, and saves it. */
  acquired(config: ParsedConfig, source: ConfigSource): Promise<void>;

  /** No config could be had: the machine waits for one; documents that it did get are in force. */
  enterMaintenance(partial?: ParsedConfig): Promise<void>;

  /** STATE is mounted now: what is not saved there yet is saved. */
  stateReady(): Promise<void>;
}
