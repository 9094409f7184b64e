import { expect, test } from "bun:test";
import { memoryState } from "../../cosi/memory/memory-state.ts";
import { Failure } from "../../errors/failure.ts";
import { KernelCmdline } from "../../resources/runtime/kernel-cmdline.ts";
import { TimeStatus } from "../../resources/time/time-status.ts";
import { RingEventLog } from "../events/event-log.ts";
import { createLogStore } from "../logs/log-store.ts";
import type { ServiceSnapshot } from "../machine.ts";
import type { Run, RunEnd, Runner } from "./runner.ts";
import type { ServiceDefinition, ServiceHost } from "./service.ts";
import { ServiceSupervisor } from "./supervisor.ts";

/** A process that does what the test says, and notes what was done to it. */
class FakeRunner implements Runner {
  readonly signals: string[] = [];
  readonly runs: { end(end: Partial<RunEnd>): void }[] = [];
  /** Ends as soon as it is told to; a stubborn process ignores SIGTERM. */
  stubborn = false;
  failure: Error | undefined;

  async start(): Promise<Run> {
    if (this.failure !== undefined) throw this.failure;
    const { promise, resolve } = Promise.withResolvers<RunEnd>();
    const end = (how: Partial<RunEnd>) => resolve({ code: undefined, signal: undefined, ...how });
    this.runs.push({ end });
    const pid = this.runs.length;
    return {
      pid,
      name: `Process(["fake"])`,
      started: `Process Process(["fake"]) started with PID ${pid}`,
      ended: promise,
      kill: (signal) => {
        this.signals.push(signal);
        if (signal === "SIGKILL" || !this.stubborn) end({ signal });
      },
    };
  }
}

/** Only what the state machine touches: these definitions use no spawner and no containerd. */
const host = { log: () => {}, state: memoryState() } as unknown as ServiceHost;

function supervise(...definitions: ServiceDefinition[]) {
  const events = new RingEventLog();
  const supervisor = new ServiceSupervisor(definitions, { host, logs: createLogStore(), events });
  const abort = new AbortController();
  const changes = supervisor.changes(abort.signal)[Symbol.asyncIterator]();
  const snapshot = (id: string) => supervisor.list().find((service) => service.id === id);
  /** Waits for a change after which it holds. */
  const eventually = async (id: string, holds: (snapshot: ServiceSnapshot) => boolean): Promise<ServiceSnapshot> => {
    while (true) {
      const now = snapshot(id);
      if (now !== undefined && holds(now)) return now;
      await changes.next();
    }
  };
  return { supervisor, events, snapshot, eventually };
}

const inState = (state: string) => (snapshot: ServiceSnapshot) => snapshot.state === state;
const messages = (snapshot: ServiceSnapshot | undefined) => snapshot?.events.map(({ message }) => message);
const define = (id: string, runner: Runner, more: Partial<ServiceDefinition> = {}): ServiceDefinition => ({
  id,
  runs: () => runner,
  restartPauseMs: 1,
  ...more,
});

test("a service starts, and stops when told", async () => {
  const runner = new FakeRunner();
  const { supervisor, eventually, snapshot } = supervise(define("a", runner));
  await supervisor.start("a");
  await eventually("a", inState("Running"));
  await supervisor.stop("a");
  expect(runner.signals).toEqual(["SIGTERM"]);
  expect(messages(snapshot("a"))).toEqual([
    "Starting service",
    "Running pre state",
    "Creating service runner",
    'Process Process(["fake"]) started with PID 1',
    'Sending SIGTERM to Process(["fake"])',
    "Service finished successfully",
  ]);
});

test("a service that ends is started again, and says why", async () => {
  const runner = new FakeRunner();
  const { supervisor, eventually } = supervise(define("a", runner));
  await supervisor.start("a");
  await eventually("a", inState("Running"));
  runner.runs[0]?.end({ code: 3 });
  const again = await eventually("a", () => runner.runs.length === 2);
  expect(messages(again)).toContain('Error running Process(["fake"]), going to restart forever: exit code 3');
  await supervisor.stop("a");
});

test("a service whose configuration changes is started again at once, and that is no failure", async () => {
  const runner = new FakeRunner();
  const restartsOn = [{ kind: KernelCmdline, id: "cmdline" }];
  const definition = define("a", runner, { restartsOn, restartPauseMs: 60_000 });
  const { supervisor, eventually, snapshot } = supervise(definition);
  // The first that it sees is what it is made from, even if that comes late.
  await supervisor.start("a");
  await eventually("a", inState("Running"));
  await host.state.create(KernelCmdline, "cmdline", { cmdline: "one" });
  await new Promise((resolve) => setImmediate(resolve));
  await host.state.modify(KernelCmdline, "cmdline", () => ({ cmdline: "two" }));
  await eventually("a", (now) => runner.runs.length === 2 && now.state === "Running");
  expect(runner.signals).toEqual(["SIGTERM"]);
  expect(messages(snapshot("a"))).toContain("Restarting: its configuration has changed");
  expect(messages(snapshot("a"))?.join()).not.toContain("Error running");
  await supervisor.stop("a");
  await host.state.modify(KernelCmdline, "cmdline", () => ({ cmdline: "three" }));
  await new Promise((resolve) => setImmediate(resolve));
  expect(runner.runs).toHaveLength(2);
});

test("a service is started again for the one field that matters to it, not for others", async () => {
  const runner = new FakeRunner();
  const restartsOn = [{ kind: TimeStatus, id: "node", field: "epoch" }];
  const { supervisor, eventually } = supervise(define("a", runner, { restartsOn, restartPauseMs: 60_000 }));
  await host.state.create(TimeStatus, "node", { synced: false, epoch: 0, syncDisabled: false });
  await supervisor.start("a");
  await eventually("a", inState("Running"));
  await host.state.modify(TimeStatus, "node", () => ({ synced: true, epoch: 0, syncDisabled: false }));
  await host.state.modify(TimeStatus, "node", () => ({ synced: true, epoch: 1, syncDisabled: false }));
  await eventually("a", (now) => runner.runs.length === 2 && now.state === "Running");
  await host.state.modify(TimeStatus, "node", () => ({ synced: false, epoch: 1, syncDisabled: false }));
  await new Promise((resolve) => setImmediate(resolve));
  expect(runner.runs).toHaveLength(2);
  await supervisor.stop("a");
});

test("a service that cannot start is tried again", async () => {
  const runner = new FakeRunner();
  runner.failure = new Error("no such file");
  const { supervisor, eventually } = supervise(define("a", runner));
  await supervisor.start("a");
  await eventually("a", (now) => messages(now)?.at(-1)?.endsWith("no such file") ?? false);
  runner.failure = undefined;
  await eventually("a", inState("Running"));
  await supervisor.stop("a");
  expect(runner.runs).toHaveLength(1);
});

test("a process that ignores SIGTERM is killed", async () => {
  const runner = new FakeRunner();
  runner.stubborn = true;
  const { supervisor, eventually } = supervise(define("a", runner, { stopGraceMs: 1 }));
  await supervisor.start("a");
  await eventually("a", inState("Running"));
  await supervisor.stop("a");
  expect(runner.signals).toEqual(["SIGTERM", "SIGKILL"]);
});

test("a dependant waits until what it needs is healthy, and stops first", async () => {
  const stops: string[] = [];
  const [below, above] = [new FakeRunner(), new FakeRunner()];
  let healthy = false;
  const { supervisor, eventually } = supervise(
    define("below", below, {
      health: {
        initialDelayMs: 0,
        intervalMs: 1,
        check: async () => {
          if (!healthy) throw new Error("not yet");
        },
      },
    }),
    define("above", above, { after: ["below"] }),
  );
  await supervisor.start("above");
  await supervisor.start("below");
  const waiting = await eventually("above", inState("Waiting"));
  expect(messages(waiting)?.at(-1)).toBe('Waiting for service "below" to be "up"');
  await eventually("below", ({ health }) => !health.unknown && health.lastMessage === "not yet");
  expect(above.runs).toHaveLength(0);
  healthy = true;
  await eventually("above", inState("Running"));
  for (const [name, runner] of Object.entries({ below, above })) {
    const kept = runner.signals.push.bind(runner.signals);
    runner.signals.push = (...signals) => kept(...signals) && stops.push(name);
  }
  await supervisor.stopAll();
  expect(stops).toEqual(["above", "below"]);
  await expect(supervisor.start("above")).rejects.toThrow("shutting down");
});

test("a service that ended with what it needs waits for that before it starts again", async () => {
  const [below, above] = [new FakeRunner(), new FakeRunner()];
  const { supervisor, eventually } = supervise(
    define("below", below, { restartPauseMs: 20 }),
    define("above", above, { after: ["below"] }),
  );
  await supervisor.start("below");
  await supervisor.start("above");
  await eventually("above", inState("Running"));
  below.runs[0]?.end({ code: 1 });
  above.runs[0]?.end({ code: 1 });
  const again = await eventually("above", (now) => now.state === "Running" && above.runs.length === 2);
  expect(messages(again)).toContain('Waiting for service "below" to be "up"');
  expect(below.runs).toHaveLength(2);
  await supervisor.stopAll();
});

test("what a service fails of again and again is known with what to do, until it runs", async () => {
  const runner = new FakeRunner();
  runner.failure = new Failure("Cannot pull image: no such host", { hint: "Is its name right?" });
  const { supervisor, eventually } = supervise(define("a", runner));
  await supervisor.start("a");
  const failing = await eventually("a", ({ problem }) => problem.length > 0);
  expect(failing.problem).toEqual(["Cannot pull image: no such host", "Is its name right?"]);
  const wanted =
    "Error running service a, going to restart forever: Cannot pull image: no such host. Is its name right?";
  expect(messages(failing)?.filter((message) => message === wanted)).toHaveLength(3);
  runner.failure = undefined;
  const well = await eventually("a", inState("Running"));
  expect(well.problem).toEqual([]);
  await supervisor.stop("a");
});

test("a configuration that changes while a service pauses is tried at once", async () => {
  const runner = new FakeRunner();
  runner.failure = new Failure("Cannot find the image");
  const restartsOn = [{ kind: KernelCmdline, id: "pausing" }];
  await host.state.create(KernelCmdline, "pausing", { cmdline: "wrong" });
  const { supervisor, eventually } = supervise(define("a", runner, { restartsOn, restartPauseMs: 3_600_000 }));
  await supervisor.start("a");
  await eventually("a", ({ state, events }) => state === "Waiting" && /Cannot find/.test(events.at(-1)?.message ?? ""));
  runner.failure = undefined;
  await host.state.modify(KernelCmdline, "pausing", () => ({ cmdline: "right" }));
  await eventually("a", inState("Running"));
  await supervisor.stop("a");
});

test("the door stops after everything else", async () => {
  const [door, stubborn] = [new FakeRunner(), new FakeRunner()];
  stubborn.stubborn = true;
  const { supervisor, eventually, snapshot } = supervise(
    define("door", door, { stopsLast: true }),
    define("stubborn", stubborn, { stopGraceMs: 10 }),
  );
  await supervisor.start("door");
  await supervisor.start("stubborn");
  await eventually("door", inState("Running"));
  await eventually("stubborn", inState("Running"));
  const stopping = supervisor.stopAll();
  await eventually("stubborn", inState("Finished"));
  expect(door.signals).toEqual([]);
  await stopping;
  expect(snapshot("door")?.state).toBe("Finished");
});

test("a check that never answers counts as failed", async () => {
  const { supervisor, eventually } = supervise(
    define("a", new FakeRunner(), {
      health: { initialDelayMs: 0, timeoutMs: 5, check: () => new Promise<never>(() => {}) },
    }),
  );
  await supervisor.start("a");
  const { health } = await eventually("a", (now) => !now.health.unknown);
  expect(health).toMatchObject({ healthy: false, lastMessage: "no answer within 5 ms" });
  await supervisor.stop("a");
});

test("stopping a service that still waits ends the wait", async () => {
  const never = { description: "the impossible", wait: (_: unknown, signal: AbortSignal) => untilAborted(signal) };
  const { supervisor, eventually, snapshot } = supervise(define("a", new FakeRunner(), { waitsFor: [never] }));
  await supervisor.start("a");
  await eventually("a", inState("Waiting"));
  await supervisor.stop("a");
  expect(snapshot("a")?.state).toBe("Finished");
});

test("only the last 64 events are kept, and each is published", async () => {
  const runner = new FakeRunner();
  const { supervisor, events, eventually, snapshot } = supervise(define("a", runner));
  await supervisor.start("a");
  for (let run = 0; run < 50; run += 1) {
    await eventually("a", (now) => now.state === "Running" && runner.runs.length === run + 1);
    runner.runs[run]?.end({ code: 1 });
    await eventually("a", inState("Waiting"));
  }
  await supervisor.stop("a");
  expect(snapshot("a")?.events).toHaveLength(64);
  const abort = new AbortController();
  let published = 0;
  for await (const { kind } of events.subscribe({ tailEvents: -1, signal: abort.signal })) {
    expect(kind).toBe("machine.ServiceStateEvent");
    published += 1;
    if (published === 100) abort.abort();
  }
});

test("a dependency that does not exist is refused at once", () => {
  expect(() => supervise(define("a", new FakeRunner(), { after: ["b"] }))).toThrow('service "b" not defined');
});

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}
