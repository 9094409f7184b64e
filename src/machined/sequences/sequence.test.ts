import { expect, test } from "bun:test";
import { RingEventLog } from "../events/event-log.ts";
import { type PhaseTiming, runSequence, type Sequence, type SequenceName } from "./sequence.ts";
import { MachineSequencer } from "./sequencer.ts";

function hostWith() {
  const lines: string[] = [];
  const timings: PhaseTiming[] = [];
  let nowMs = 0;
  const events = new RingEventLog();
  const host = {
    log: (_: string, text: string) => void lines.push(text),
    events,
    nowMs: () => {
      nowMs += 1;
      return nowMs;
    },
    onPhase: (timing: PhaseTiming) => void timings.push(timing),
  };
  return { host, lines, timings, events };
}

async function published(events: RingEventLog, count: number) {
  const all: { kind: string; value: object; actorId: string }[] = [];
  for await (const { kind, value, actorId } of events.subscribe({
    tailEvents: -1,
    signal: new AbortController().signal,
  })) {
    all.push({ kind, value, actorId });
    if (all.length === count) return all;
  }
  return all;
}

const options = { actorId: "me", signal: new AbortController().signal };

test("phases run one after the other, the tasks of one together", async () => {
  const { host, timings } = hostWith();
  const order: string[] = [];
  const both = Promise.withResolvers<void>();
  const sequence: Sequence = {
    name: "boot",
    phases: [
      {
        name: "one",
        tasks: [
          // Ends only if the second task starts while it runs.
          { name: "a", run: () => both.promise.then(() => void order.push("a")) },
          { name: "b", run: () => both.resolve() },
        ],
      },
      { name: "two", tasks: [{ name: "c", run: () => void order.push("c") }] },
    ],
  };
  await runSequence(sequence, host, options);
  expect(order).toEqual(["a", "c"]);
  expect(timings.map(({ phase, endedMs }) => [phase, endedMs !== undefined])).toEqual([
    ["one", false],
    ["one", true],
    ["two", false],
    ["two", true],
  ]);
});

test("a failed task ends the sequence after its phase, and says so", async () => {
  const { host, lines, events } = hostWith();
  const ended: string[] = [];
  const phases = [
    {
      name: "one",
      tasks: [
        { name: "bad", run: () => Promise.reject(new Error("no disk")) },
        { name: "good", run: async () => void ended.push("good") },
      ],
    },
    { name: "two", tasks: [{ name: "never", run: () => expect.unreachable() }] },
  ];
  await expect(runSequence({ name: "boot", phases }, host, options)).rejects.toThrow("no disk");
  expect(ended).toEqual(["good"]);
  expect(lines).toContain("task bad (1/2): failed: no disk");
  const last = (await published(events, 7)).at(-1);
  expect(last).toEqual({
    kind: "machine.SequenceEvent",
    value: { sequence: "boot", action: 2, error: { code: 0, message: "no disk" } },
    actorId: "me",
  });
});

function sequencerWith(run: (name: SequenceName, signal: AbortSignal) => void | Promise<void>) {
  const { host, events } = hostWith();
  const plan = (name: SequenceName) => (): Sequence => ({
    name,
    phases: [
      { name: "only", tasks: [{ name: "task", run: (signal) => run(name, signal) }] },
      { name: "after", tasks: [] },
    ],
  });
  const sequencer = new MachineSequencer({
    ...host,
    plan: { initialize: plan("initialize"), boot: plan("boot"), reboot: plan("reboot"), shutdown: plan("shutdown") },
    onSequence: () => {},
    onFatal: (thrown) => expect.unreachable(String(thrown)),
  });
  return { sequencer, events };
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));

test("a reboot takes over a running boot", async () => {
  const rebooted = Promise.withResolvers<void>();
  const { sequencer } = sequencerWith((name, signal) => {
    if (name === "reboot") return rebooted.resolve();
    return untilAborted(signal);
  });
  const boot = sequencer.run("boot");
  expect(sequencer.reboot().actorId).toMatch(/^[0-9a-f-]{36}$/);
  await expect(boot).rejects.toThrow("reboot took over");
  await rebooted.promise;
});

test("a second boot finds the sequence locked", async () => {
  const gate = Promise.withResolvers<void>();
  const { sequencer } = sequencerWith(() => gate.promise);
  const first = sequencer.run("boot");
  await expect(sequencer.run("boot")).rejects.toThrow("sequence locked");
  gate.resolve();
  await first;
});
