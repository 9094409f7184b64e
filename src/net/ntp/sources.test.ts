import { expect, test } from "bun:test";
import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";
import type { Measurement } from "./query.ts";
import { Refusal } from "./refusal.ts";
import { TimeSources } from "./sources.ts";

/** Servers by address: what they say the clock is off by, or what asking them throws. */
function sourcesOf(world: Record<string, number | Error>, names: Record<string, readonly string[]> = {}) {
  const clock = { nowMs: 0 };
  const asked: string[] = [];
  const sources = new TimeSources({
    monotonicMs: () => clock.nowMs,
    resolve: async (name) => {
      const found = names[name] ?? (name in world ? [name] : undefined);
      if (found === undefined) throw new Failure(`Cannot resolve ${name}`);
      return found;
    },
    query: async (address): Promise<Measurement> => {
      asked.push(address);
      const said = world[address] ?? new Failure(`Cannot ask ${address}`);
      if (said instanceof Error) throw new Failure("Cannot ask", { cause: said });
      return { offsetMs: said, delayMs: 1, stratum: 2, leap: "none", remoteMs: 0, localMs: 0 };
    },
  });
  sources.use(Object.keys(names).length > 0 ? Object.keys(names) : Object.keys(world));
  return { sources, clock, asked };
}

const { signal } = new AbortController();
const refusalOf = (sources: TimeSources) => sources.measure(signal).catch(messageOf);

test("the next is asked when one does not answer, at every address that it has", async () => {
  const world: Record<string, number | Error> = { "192.0.2.3": 5 };
  const names = { gone: ["192.0.2.1"], pool: ["192.0.2.2", "192.0.2.3"] };
  const { sources, asked } = sourcesOf(world, names);
  expect(await sources.measure(signal)).toMatchObject({ source: "pool (192.0.2.3)", offsetMs: 5 });
  await sources.measure(signal);
  expect(asked).toEqual(["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.3"]);
  world["192.0.2.3"] = new Failure("Cannot reach it");
  world["192.0.2.1"] = 7;
  expect(await sources.measure(signal)).toMatchObject({ source: "gone (192.0.2.1)" });
});

test("when nobody answers, all reasons are told", async () => {
  const { sources } = sourcesOf({}, { "a.example": ["192.0.2.1"], "b.example": [] });
  sources.use(["a.example", "unknown.example"]);
  expect(await refusalOf(sources)).toBe(
    "Cannot compare the clock with others: Cannot ask: Cannot ask 192.0.2.1; Cannot resolve unknown.example",
  );
});

test("a server that says no is not asked again, one that says not so often is later", async () => {
  const { sources, clock, asked } = sourcesOf({ "192.0.2.1": new Refusal("DENY"), "192.0.2.2": new Refusal("RATE") });
  await refusalOf(sources);
  expect(asked.splice(0)).toEqual(["192.0.2.1", "192.0.2.2"]);
  expect(await refusalOf(sources)).toEndWith("all refuse for now");
  clock.nowMs = 71_000;
  await refusalOf(sources);
  expect(asked.splice(0)).toEqual(["192.0.2.2"]);
  // Twice as long the second time.
  clock.nowMs += 71_000;
  await refusalOf(sources);
  expect(asked).toEqual([]);
  clock.nowMs += 71_000;
  await refusalOf(sources);
  expect(asked.splice(0)).toEqual(["192.0.2.2"]);
  sources.use(["192.0.2.1"]);
  await refusalOf(sources);
  expect(asked).toEqual(["192.0.2.1"]);
});

const hourMs = 3_600_000;

test.each([
  ["two that agree are right", { "192.0.2.1": hourMs, "192.0.2.2": 3, "192.0.2.3": 5 }, "192.0.2.3"],
  ["the first is, when another says the same", { "192.0.2.1": hourMs, "192.0.2.2": hourMs + 400 }, "192.0.2.1"],
  ["nobody else knows", { "192.0.2.1": hourMs, "192.0.2.2": new Failure("Cannot") }, "192.0.2.1"],
  ["all differ", { "192.0.2.1": hourMs, "192.0.2.2": 0, "192.0.2.3": -hourMs, "192.0.2.4": 0 }, "192.0.2.1"],
])("something incredible is confirmed: %s", async (_, world, believed) => {
  const { sources } = sourcesOf(world);
  const first = await sources.measure(signal);
  expect((await sources.confirm(first, signal)).address).toBe(believed);
  expect((await sources.measure(signal)).address).toBe(believed);
});

test("an end of the asking is no problem of a server", async () => {
  const stopping = new AbortController();
  const sources = new TimeSources({
    resolve: async (name) => [name],
    query: async () => {
      stopping.abort(new Error("enough"));
      throw new Failure("Cannot ask");
    },
  });
  sources.use(["192.0.2.1", "192.0.2.2"]);
  expect(await sources.measure(stopping.signal).catch(String)).toBe("Error: enough");
});
