import { pause } from "../../async/pause.ts";
import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";
import type { LogRing, ServiceEvent, ServiceHealth, ServiceSnapshot, ServiceState } from "../machine.ts";
import { FailureStreak } from "./failure-streak.ts";
import { watchHealth } from "./health.ts";
import { changes } from "./resource-changes.ts";
import type { Run, RunEnd, Runner } from "./runner.ts";
import type { Condition, ServiceDefinition, ServiceHost } from "./service.ts";

const EVENTS_KEPT = 64;
const RESTART_PAUSE_MS = 5_000;
const STOP_GRACE_MS = 10_000;
const LAST_LINES = 10;

export interface UnitOptions {
  readonly host: ServiceHost;
  readonly log: LogRing;
  readonly isUp: (id: string) => boolean;
  /** Resolves when that service is up. */
  readonly whenUp: (id: string, signal: AbortSignal) => Promise<void>;
  /** Called after every change of state, health or events. */
  readonly onChange: (snapshot: ServiceSnapshot) => void;
  readonly now?: () => Date;
}

/** One service's life: waits for its conditions, runs, is watched, restarts, stops. */
export class ServiceUnit {
  readonly definition: ServiceDefinition;
  readonly #options: UnitOptions;
  readonly #now: () => Date;
  #state: ServiceState = "Initialized";
  #events: readonly ServiceEvent[] = [];
  #health: ServiceHealth;
  #abort: AbortController | undefined;
  #life: Promise<void> = Promise.resolve();
  readonly #failures: FailureStreak;
  /** What the last run failed of, and what to do about it. */
  #problem: readonly string[] = [];

  constructor(definition: ServiceDefinition, options: UnitOptions) {
    this.definition = definition;
    this.#failures = new FailureStreak(definition.restartPauseMs ?? RESTART_PAUSE_MS);
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
    this.#health = { unknown: true, healthy: false, lastMessage: "", lastChange: this.#now() };
  }

  /** Runs, or is on its way to. */
  get started(): boolean {
    return this.#abort !== undefined;
  }

  /** Others that depend on it may go on. */
  get up(): boolean {
    return this.#state === "Running" && (this.definition.health === undefined || this.#health.healthy);
  }

  snapshot(): ServiceSnapshot {
    const problem = this.#failures.isLoop && !this.up ? this.#problem : [];
    return { id: this.definition.id, state: this.#state, events: this.#events, health: this.#health, problem };
  }

  /** Starts it, if it is not started already. */
  start(): void {
    if (this.#abort !== undefined) return;
    const abort = new AbortController();
    this.#abort = abort;
    this.#failures.reset();
    const before = this.#life;
    this.#life = before.then(() => this.#live(abort.signal));
  }

  /** Stops it gracefully; resolves when nothing of it runs any more. */
  async stop(): Promise<void> {
    const abort = this.#abort;
    if (abort !== undefined) {
      this.#abort = undefined;
      abort.abort();
    }
    await this.#life;
  }

  async #live(signal: AbortSignal): Promise<void> {
    const { definition } = this;
    const { host } = this.#options;
    this.#record("Starting", "Starting service");
    try {
      await this.#waitFor([...this.#dependencies(), ...(definition.waitsFor ?? [])], signal);
      if (!signal.aborted) {
        this.#record("Preparing", "Running pre state");
        await definition.prepare?.(host, signal, (message) => this.#record("Preparing", message));
        this.#record("Preparing", "Creating service runner");
        await this.#runForever(definition.runs(host), signal);
      }
      this.#record("Finished", "Service finished successfully");
    } catch (thrown) {
      if (signal.aborted) return this.#record("Finished", "Service finished successfully");
      this.#record("Failed", `Failed to start: ${messageOf(thrown)}`);
      // A failed service may be started again by hand.
      this.#abort = undefined;
    }
  }

  /** The services it needs that are not up now. */
  #dependencies(): Condition[] {
    const down = (this.definition.after ?? []).filter((id) => !this.#options.isUp(id));
    return down.map((id) => ({
      description: `service "${id}" to be "up"`,
      wait: (_, abort) => this.#options.whenUp(id, abort),
    }));
  }

  async #waitFor(conditions: readonly Condition[], signal: AbortSignal): Promise<void> {
    const open = new Set(conditions);
    const tell = () => {
      if (open.size === 0 || signal.aborted) return;
      this.#record("Waiting", `Waiting for ${[...open].map(({ description }) => description).join(", ")}`);
    };
    tell();
    await Promise.all(
      [...open].map(async (condition) => {
        await condition.wait(this.#options.host, signal);
        open.delete(condition);
        tell();
      }),
    );
  }

  async #runForever(runner: Runner, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const began = performance.now();
      const over = new AbortController();
      // Watched from before the run is made, or a change in between would go unseen.
      const outdated = this.#watchOrigins(AbortSignal.any([signal, over.signal]));
      const failure = await this.#runOnce(runner, signal, outdated);
      if (!signal.aborted && !outdated.aborted) {
        this.#record(
          "Waiting",
          `Error running ${failure.what}, going to restart forever: ${failure.problem.join(". ")}`,
        );
        this.#countFailure(performance.now() - began, failure.problem);
        // A change may be what mends it.
        await pause(this.#failures.pauseMs, AbortSignal.any([signal, outdated]));
      }
      over.abort();
      if (signal.aborted) return;
      if (outdated.aborted) {
        this.#failures.reset();
        this.#record("Preparing", "Restarting: its configuration has changed");
        continue;
      }
      // What it needs may have gone down too, and it would only fail again.
      await this.#waitFor(this.#dependencies(), signal);
    }
  }

  /** One run from its preparation to its end, and what it was that ended it. */
  async #runOnce(runner: Runner, signal: AbortSignal, outdated: AbortSignal): Promise<RunFailure> {
    const { id } = this.definition;
    let what = `service ${id}`;
    try {
      const run = await runner.start({
        id,
        log: this.#options.log,
        signal,
        outdated,
        report: (message) => this.#record("Preparing", message),
      });
      what = run.name;
      return { what, problem: [describeEnd(await this.#supervise(run, AbortSignal.any([signal, outdated])))] };
    } catch (thrown) {
      const hint = thrown instanceof Failure && thrown.hint !== undefined ? [thrown.hint] : [];
      return { what, problem: [messageOf(thrown), ...hint] };
    }
  }

  /** Aborts when something that a run is made from has changed. */
  #watchOrigins(signal: AbortSignal): AbortSignal {
    const outdated = new AbortController();
    const { state, log } = this.#options.host;
    for (const reference of this.definition.restartsOn ?? []) {
      changes(state, reference, signal).then(
        () => outdated.abort(),
        (thrown) => {
          if (!signal.aborted) log("error", `service[${this.definition.id}]: ${messageOf(thrown)}`);
        },
      );
    }
    return outdated.signal;
  }

  async #supervise(run: Run, signal: AbortSignal): Promise<RunEnd> {
    const { health, afterStart, id } = this.definition;
    const { host } = this.#options;
    this.#record("Running", run.started);
    const ended = new AbortController();
    const stop = () => void this.#stopRun(run, ended.signal);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    const running = AbortSignal.any([signal, ended.signal]);
    afterStart?.(host, running).catch((thrown) => {
      if (!running.aborted) host.log("error", `service[${id}]: ${messageOf(thrown)}`);
    });
    const watching = health && watchHealth(health, host, running, (problem) => this.#recordHealth(problem));
    try {
      return await run.ended;
    } finally {
      signal.removeEventListener("abort", stop);
      ended.abort();
      await watching;
    }
  }

  async #stopRun(run: Run, ended: AbortSignal): Promise<void> {
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      this.#record("Stopping", `Sending ${signal} to ${run.name}`);
      try {
        await run.kill(signal);
      } catch (thrown) {
        this.#options.host.log("error", `service[${this.definition.id}]: ${messageOf(thrown)}`);
      }
      await pause(this.definition.stopGraceMs ?? STOP_GRACE_MS, ended);
      if (ended.aborted) return;
    }
  }

  /** Tells the console about a crash loop. */
  #countFailure(ranMs: number, problem: readonly string[]): void {
    const failures = this.#failures;
    failures.add(ranMs);
    this.#problem = problem;
    this.#options.onChange(this.snapshot());
    if (!failures.isToBeTold) return;
    const { id } = this.definition;
    const { host, log } = this.#options;
    host.log("error", `service[${id}] keeps failing: ${failures.count} times in a row; its last lines:`);
    for (const line of log.lastLines(LAST_LINES)) host.log("error", `service[${id}] | ${line}`);
  }

  #recordHealth(problem: string | undefined): void {
    const healthy = problem === undefined;
    const { unknown, healthy: before, lastMessage } = this.#health;
    if (!unknown && before === healthy && lastMessage === (problem ?? "")) return;
    const changed = unknown || before !== healthy;
    const lastChange = changed ? this.#now() : this.#health.lastChange;
    this.#health = { unknown: false, healthy, lastMessage: problem ?? "", lastChange };
    if (changed) this.#record(this.#state, healthy ? "Health check successful" : `Health check failed: ${problem}`);
    else this.#options.onChange(this.snapshot());
  }

  #record(state: ServiceState, message: string): void {
    if (state !== "Running" && state !== "Stopping" && !this.#health.unknown) {
      this.#health = { unknown: true, healthy: false, lastMessage: "", lastChange: this.#now() };
    }
    this.#state = state;
    this.#events = [...this.#events, { message, state, at: this.#now() }].slice(-EVENTS_KEPT);
    const level = state === "Failed" ? "error" : "info";
    this.#options.host.log(level, `service[${this.definition.id}](${state}): ${message}`);
    this.#options.onChange(this.snapshot());
  }
}

interface RunFailure {
  /** The run, or the service while there is none. */
  readonly what: string;
  /** What is the case, then what to do about it. */
  readonly problem: readonly [string, ...string[]];
}

function describeEnd({ code, signal }: RunEnd): string {
  if (signal !== undefined) return `killed by ${signal}`;
  return code === undefined ? "it ended" : `exit code ${code}`;
}
