import { afterAll, expect, test } from "bun:test";
import { createServer, type Server, type Socket } from "node:net";
import fc from "fast-check";
import { freePorts } from "../../../test/support/free-ports.ts";
import { Notice } from "../../async/notice.ts";
import { type DeliverOptions, type Destination, deliver } from "./deliver.ts";
import { jsonOf, type LogEvent } from "./event.ts";
import { Journal } from "./journal.ts";
import { parseLine } from "./parse-line.ts";
import { Place } from "./place.ts";

const resources = new AsyncDisposableStack();
afterAll(() => resources.disposeAsync());

const now = new Date("2026-01-02T15:04:05.250Z");
const event = (message: string): LogEvent => ({ message, time: now.toISOString(), level: "info", fields: {} });
const journalOf = (entries = 10_000) => new Journal<LogEvent>({ entries, bytes: 100_000_000 });
const write = (journal: Journal<LogEvent>, ...messages: readonly (string | number)[]) => {
  for (const message of messages) journal.write(event(String(message)), 1);
};

/** Delivers until the test ends; what is logged is kept. */
function delivering(journal: Journal<LogEvent>, url: string, tags: Destination["tags"] = {}) {
  const stopping = new AbortController();
  const logged: string[] = [];
  const options: DeliverOptions = {
    signal: stopping.signal,
    log: (_, message) => logged.push(message),
    backoff: { initialMs: 1, maximumMs: 10 },
  };
  const running = deliver(journal, { url, tags }, options);
  resources.defer(async () => {
    stopping.abort();
    await running;
  });
  return { logged, stopping, running };
}

/** A collector that can be stopped and started again at the same port. */
function collector() {
  const received: string[] = [];
  const arrived = new Notice();
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  const start = async (port = freePorts(1)[0] ?? 0): Promise<number> => {
    server = createServer((socket) => {
      sockets.add(socket);
      let rest = "";
      socket.on("error", () => {});
      socket.on("data", (bytes) => {
        const lines = `${rest}${bytes}`.split("\n");
        rest = lines.pop() ?? "";
        received.push(...lines);
        arrived.post();
      });
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(port, "127.0.0.1", resolve);
    await promise;
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : port;
  };
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    const { promise, resolve } = Promise.withResolvers<void>();
    if (server === undefined) resolve();
    else server.close(() => resolve());
    await promise;
    server = undefined;
  };
  resources.defer(stop);
  const messages = () => received.map((line) => (JSON.parse(line) as { msg: string }).msg);
  const until = async (last: string): Promise<void> => {
    while (!messages().includes(last)) await arrived.next(AbortSignal.timeout(15_000));
  };
  return { received, messages, until, start, stop };
}

test("messages arrive one a line, with what is known of them and the tags", async () => {
  const to = collector();
  const journal = journalOf();
  write(journal, "before");
  delivering(journal, `tcp://127.0.0.1:${await to.start()}`, { rack: "7" });
  journal.write({ ...event("after\nall"), level: "warn", fields: { "talos-service": "etcd", n: 1 } }, 1);
  await to.until("after\nall");
  expect(to.received.map((line) => JSON.parse(line))).toEqual([
    { msg: "before", "talos-time": "2026-01-02T15:04:05.250Z", "talos-level": "info", rack: "7" },
    {
      msg: "after\nall",
      "talos-time": "2026-01-02T15:04:05.250Z",
      "talos-level": "warn",
      "talos-service": "etcd",
      n: 1,
      rack: "7",
    },
  ]);
});

test("while the collector is away messages wait for it, in order", async () => {
  const to = collector();
  const journal = journalOf();
  const port = await to.start();
  const { logged } = delivering(journal, `tcp://127.0.0.1:${port}`);
  write(journal, "first");
  await to.until("first");
  await to.stop();
  write(journal, ...Array.from({ length: 500 }, (_, index) => index));
  await to.start(port);
  write(journal, "last");
  await to.until("last");
  // What was under way when it went may come twice.
  const numbers = new Set(to.messages());
  expect(numbers.size).toBe(502);
  expect(logged.filter((line) => line.startsWith("Cannot send log messages")).length).toBeLessThanOrEqual(1);
});

test("what was sent just before a break goes again, and nothing that was sent long ago", () => {
  let nowMs = 0;
  const place = new Place(0, () => nowMs);
  const sendAt = (ms: number, next: number) => {
    nowMs = ms;
    place.sent(next);
  };
  for (const [ms, next] of [
    [0, 10],
    [900, 20],
    [1_100, 30],
    [2_000, 40],
  ] as const)
    sendAt(ms, next);
  place.goBack(0);
  expect(place.next).toBeLessThanOrEqual(20);
  sendAt(2_100, 40);
  // After a while without a message everything has arrived; and what is held no more cannot go again.
  nowMs = 10_000;
  place.goBack(0);
  expect(place.next).toBe(40);
  sendAt(10_100, 50);
  place.goBack(45);
  expect(place.next).toBe(45);
});

test("what the journal had to drop is counted, and told to both sides", async () => {
  const to = collector();
  const journal = journalOf(100);
  const port = await to.start();
  await to.stop();
  const { logged } = delivering(journal, `tcp://127.0.0.1:${port}`);
  write(journal, "seen?");
  while (logged.length === 0) await new Promise((resolve) => setImmediate(resolve));
  write(journal, ...Array.from({ length: 250 }, (_, index) => index));
  await to.start(port);
  await to.until("249");
  expect(to.messages()[0]).toBe("151 messages before this one were dropped");
  expect(to.messages().slice(1)).toEqual(Array.from({ length: 100 }, (_, index) => String(150 + index)));
  write(journal, "more");
  await to.until("more");
  expect(logged.join("\n")).toContain("151 log messages for");
  expect(logged.at(-1)).toContain("log messages reach");
});

test("a collector that does not read holds up nobody but itself", async () => {
  const journal = journalOf(1_000);
  const server = createServer((socket) => void socket.pause());
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  resources.defer(() => void server.close());
  const address = server.address();
  const { stopping, running } = delivering(journal, `tcp://127.0.0.1:${(address as { port: number }).port}`);
  const long = "x".repeat(10_000);
  for (let count = 0; count < 5_000; count += 1) write(journal, long);
  expect(journal.end - journal.start).toBe(1_000);
  stopping.abort();
  await running;
});

test("over UDP each message is a datagram, and one that fits into none is told", async () => {
  const received: string[] = [];
  const arrived = new Notice();
  const socket = await Bun.udpSocket({
    hostname: "127.0.0.1",
    socket: {
      data(_, bytes) {
        received.push(bytes.toString());
        arrived.post();
      },
    },
  });
  resources.defer(() => socket.close());
  const journal = journalOf();
  const { logged } = delivering(journal, `udp://127.0.0.1:${socket.port}`);
  write(journal, "one", "x".repeat(70_000), "two");
  while (received.length < 2) await arrived.next(AbortSignal.timeout(15_000));
  expect(received.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(["one", "two"]);
  while (logged.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(logged[0]).toContain("1 log messages for");
});

test("a URL that leads nowhere is told once, and ends with its signal", async () => {
  for (const url of ["http://x:1", "tcp://x", "tcp://", "udp://[::1", "tcp://collector.invalid:1"]) {
    const journal = journalOf();
    write(journal, "x");
    const { logged, stopping, running } = delivering(journal, url);
    while (logged.length === 0) await new Promise((resolve) => setImmediate(resolve));
    stopping.abort();
    await running;
    expect(logged[0]).toContain(`Cannot send log messages to ${url}`);
  }
});

test("a journal keeps the latest, and every reader learns what it missed", () =>
  fc.assert(
    fc.property(fc.array(fc.nat(9)), fc.nat(40), fc.integer({ min: 1, max: 20 }), (sizes, from, entries) => {
      const journal = new Journal<number>({ entries, bytes: 30 });
      for (const [number, bytes] of sizes.entries()) journal.write(number, bytes);
      const held = Array.from({ length: journal.end - journal.start }, (_, index) => journal.start + index);
      expect(held.length).toBeLessThanOrEqual(entries);
      expect(held.reduce((sum, number) => sum + (sizes[number] ?? 0), 0)).toBeLessThanOrEqual(30);
      const start = Math.min(from, journal.end);
      const part = journal.read(start, 1_000);
      expect(part).toEqual({
        entries: held.filter((number) => number >= start),
        next: journal.end,
        lost: Math.max(0, journal.start - start),
      });
    }),
  ));

test.each([
  ["plain text", { message: "plain text", level: "info", fields: {} }],
  ['{"level":"WARNING","msg":"low ","x":1}', { message: "low", level: "warn", fields: { x: 1 } }],
  ['I0102 15:04 file.go:7] {"msg":"hello"}', { message: "I0102 15:04 file.go:7] hello", level: "info", fields: {} }],
  ['{"level":"info","msg":"it broke","err":"no space"}', { message: "it broke: no space", level: "warn", fields: {} }],
  ['{"level":"fatal","err":"x"}', { message: "x", level: "fatal", fields: {} }],
  ['{"level":"strange","msg":5}', { message: "", level: "info", fields: { level: "strange", msg: 5 } }],
  ["a {b} c", { message: "a {b} c", level: "info", fields: {} }],
  ["[1, 2]", { message: "[1, 2]", level: "info", fields: {} }],
])("%s", (line, wanted) => {
  expect(parseLine(line, now)).toEqual({ ...wanted, time: now.toISOString() } as LogEvent);
});

test.each([
  ['"time":"2026-05-06T07:08:09.123456789Z"', "2026-05-06T07:08:09.123456789Z"],
  ['"time":"2026-05-06T09:08:09+02:00"', "2026-05-06T07:08:09.000Z"],
  ['"ts":1777777777.5', "2026-05-03T03:09:37.500Z"],
  ['"ts":1777777777500', "2026-05-03T03:09:37.500Z"],
  ['"ts":"yesterday"', now.toISOString()],
  ['"ts":-1', now.toISOString()],
])("{%s}", (field, time) => {
  expect(parseLine(`{${field}}`, now).time).toBe(time);
});

test("a line for people tells its time and level before its message, and fields after it", () => {
  expect(parseLine('2026-05-06T07:08:09.123Z WARN no answer {"controller":"time.SyncController"}', now)).toEqual({
    message: "no answer",
    time: "2026-05-06T07:08:09.123Z",
    level: "warn",
    fields: { controller: "time.SyncController" },
  });
  expect(parseLine('time="2026-05-06T07:08:09.123456789Z" level=warning msg="no \\"cgroup\\"" id=7', now)).toEqual({
    message: 'no "cgroup" id=7',
    time: "2026-05-06T07:08:09.123456789Z",
    level: "warn",
    fields: {},
  });
  const unknown = "2026-05-06T07:08:09.123Z LOUD no answer";
  expect(parseLine(unknown, now)).toMatchObject({ message: unknown, level: "info", time: now.toISOString() });
  expect(parseLine('{"level":"constructor"}', now).level).toBe("info");
});

test("any line becomes one JSON object on one line", () =>
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.string({ unit: "binary" })), (line) => {
      const text = jsonOf(parseLine(line, now), { tag: "x" });
      expect(text).not.toContain("\n");
      const value = JSON.parse(text) as Record<string, unknown>;
      expect([typeof value.msg, typeof value["talos-time"], value.tag]).toEqual(["string", "string", "x"]);
    }),
    { numRuns: 200 },
  ));
