import { expect, test } from "bun:test";
import { notNeeded } from "./not-needed.ts";
import { Session, type SessionStep } from "./session.ts";

interface Step extends SessionStep {
  readonly send?: string;
  readonly event?: string;
}

/** A client that greets, and is woken once. */
const client = {
  start: (nowMs: number): Step => ({ send: "hello", wakeAtMs: nowMs + 1, event: "began" }),
  wake: (): Step => ({ send: "again", wakeAtMs: Number.POSITIVE_INFINITY, event: "woken" }),
  release: () => "goodbye",
};

/** A network in which nobody says anything. */
async function silence(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  await promise;
}

test("a client is woken when it asked to be, and says goodbye only when it is not needed any more", async () => {
  for (const [reason, last] of [[notNeeded, ["goodbye"]] as const, [undefined, []] as const]) {
    const stop = new AbortController();
    const sent: string[] = [];
    const events: string[] = [];
    using session = new Session<Step>({ client, signal: stop.signal, transmit: (text) => sent.push(text) });
    session.start(silence);
    for await (const event of session.events) {
      events.push(event);
      if (event === "woken") stop.abort(reason);
    }
    expect(events).toEqual(["began", "woken"]);
    expect(sent).toEqual(["hello", "again", ...last]);
  }
});

test("whatever fails ends the events with its reason", async () => {
  const failures: ((session: Session<Step>) => void)[] = [
    (session) => session.start(() => Promise.reject(new Error("the link is gone"))),
    (session) => session.run(() => Promise.reject(new Error("the link is gone"))),
  ];
  for (const fail of failures) {
    using session = new Session<Step>({ client, signal: new AbortController().signal, transmit: () => {} });
    fail(session);
    const read = async () => {
      for await (const _ of session.events);
    };
    expect(await read().catch((thrown: Error) => thrown.message)).toBe("the link is gone");
  }
});

test("what happens at a step happens before anything is sent, and what changes nothing does nothing", async () => {
  const done: string[] = [];
  using session = new Session<Step>({
    ...{ client, signal: new AbortController().signal },
    transmit: (text) => done.push(`sent ${text}`),
    onStep: ({ event }) => done.push(`saw ${event}`),
  });
  session.apply(undefined);
  session.apply({ send: "hello", wakeAtMs: Number.POSITIVE_INFINITY, event: "began" });
  expect(done).toEqual(["saw began", "sent hello"]);
});
