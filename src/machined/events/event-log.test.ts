import { describe, expect, test } from "bun:test";
import { RingEventLog } from "./event-log.ts";

const take = async <T>(events: AsyncIterable<T>, count: number): Promise<T[]> => {
  const taken: T[] = [];
  if (count === 0) return taken;
  for await (const event of events) {
    taken.push(event);
    if (taken.length === count) break;
  }
  return taken;
};

const numbers = (events: readonly { value: object }[]) => events.map(({ value }) => (value as { n: number }).n);

function logOf(count: number): RingEventLog {
  const log = new RingEventLog();
  for (let n = 0; n < count; n += 1)
    log.publish({ kind: "machine.TaskEvent", value: { n } }, n % 2 === 0 ? "even" : "odd");
  return log;
}

const signal = new AbortController().signal;

describe("where a subscription starts", () => {
  test("at the last N", async () => {
    expect(numbers(await take(logOf(5).subscribe({ tailEvents: 2, signal }), 2))).toEqual([3, 4]);
  });

  test("at the last N of one actor", async () => {
    const events = logOf(6).subscribe({ tailEvents: 2, actorId: "even", signal });
    expect(numbers(await take(events, 2))).toEqual([2, 4]);
  });

  test("with everything", async () => {
    expect(numbers(await take(logOf(3).subscribe({ tailEvents: -1, signal }), 3))).toEqual([0, 1, 2]);
  });

  test("after an id", async () => {
    const log = logOf(4);
    const [, second] = await take(log.subscribe({ tailEvents: -1, signal }), 2);
    expect(numbers(await take(log.subscribe({ tailId: second?.id ?? "", signal }), 2))).toEqual([2, 3]);
  });

  test("at an age", async () => {
    let now = new Date(1_000_000);
    const log = new RingEventLog({ now: () => now });
    log.publish({ kind: "k", value: { n: 0 } });
    now = new Date(1_060_000);
    log.publish({ kind: "k", value: { n: 1 } });
    expect(numbers(await take(log.subscribe({ tailSeconds: 30, signal }), 1))).toEqual([1]);
  });
});

test("events published later arrive, and an abort ends the iteration", async () => {
  const log = logOf(3);
  const abort = new AbortController();
  const seen: number[] = [];
  const reading = (async () => {
    for await (const { value } of log.subscribe({ signal: abort.signal })) {
      seen.push((value as { n: number }).n);
      abort.abort();
    }
  })();
  log.publish({ kind: "k", value: { n: 99 } });
  await reading;
  expect(seen).toEqual([99]);
});

test("a reader more than a ring behind goes on with the oldest held", async () => {
  const log = logOf(1);
  const events = log.subscribe({ tailEvents: -1, signal })[Symbol.asyncIterator]();
  expect((await events.next()).value?.value).toEqual({ n: 0 });
  for (let n = 1; n <= 1_500; n += 1) log.publish({ kind: "k", value: { n } });
  expect((await events.next()).value?.value).toEqual({ n: 501 });
});

test("ids are 20 characters and sort in the order of publication", async () => {
  const ids = (await take(logOf(300).subscribe({ tailEvents: -1, signal }), 300)).map(({ id }) => id);
  expect(ids.every((id) => /^[0-9a-v]{20}$/.test(id))).toBe(true);
  expect(new Set(ids).size).toBe(300);
  expect(ids.toSorted()).toEqual(ids);
});
