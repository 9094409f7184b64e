import type { LogRing } from "../machine.ts";

/** How a run ended. A signal's name, or an exit code; both undefined when it could not be told. */
export interface RunEnd {
  readonly code: number | undefined;
  readonly signal: string | undefined;
}

/** One run of a service, from its start until it has ended. */
export interface Run {
  /** Process id in PID 1's namespace, when there is one. */
  readonly pid: number | undefined;
  /** What signals go to, in event texts: `Process(["/usr/bin/x"])`, `task etcd (PID 7, container etcd)`. */
  readonly name: string;
  /** The event text of the start: `Process Process(["/usr/bin/x"]) started with PID 7`. */
  readonly started: string;
  /** Resolves once the run is over and nothing of it is left; rejects when that cannot be told. */
  readonly ended: Promise<RunEnd>;
  /** Sends a signal to the run's first process; a run that has ended ignores it. */
  kill(signal: "SIGTERM" | "SIGKILL"): void | Promise<void>;
}

export interface RunContext {
  /** Service id, which also names its log, its container and its containerd task. */
  readonly id: string;
  /** stdout and stderr go here, byte for byte. */
  readonly log: LogRing;
  /** Aborts when the service is to stop while the run is still being prepared, such as during an image pull. */
  readonly signal: AbortSignal;
  /** Aborts when what the run is made from has changed: a preparation that may last is to begin anew then. */
  readonly outdated?: AbortSignal;
  /** Records a service event about the preparation, such as `Pulling image "x"`. */
  report(message: string): void;
}

/** Starts runs of one service. Implementations: process.ts here, and the container runner. */
export interface Runner {
  /** @throws Failure when the run could not be started; the supervisor pauses and tries again. */
  start(context: RunContext): Promise<Run>;
}
