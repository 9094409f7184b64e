import { expect, test } from "bun:test";
import { Failure } from "../errors/failure.ts";
import { check } from "./check.ts";
import { runChecks } from "./run-checks.ts";

const never = new AbortController().signal;

test("a check looks again until what it waits for is there, and says what is missing", async () => {
  const answers = ["nobody answers", "kubelet is Waiting", undefined];
  const told: string[] = [];
  const kubelet = check("kubelet to be healthy", async () => {
    const missing = answers.shift();
    if (missing !== undefined) throw new Error(missing);
    return undefined;
  });
  expect(await kubelet.run({ report: (missing) => told.push(missing) }, never)).toBe("OK");
  expect(told).toEqual(["nobody answers", "kubelet is Waiting"]);
});

test("a check that waits too long names what was missing last", async () => {
  const etcd = check("etcd to be healthy", () => Promise.reject(new Error("no leader")), { timeoutMs: 20 });
  const failure = await etcd.run({ report: () => undefined }, never).catch((thrown) => thrown);
  expect(failure).toBeInstanceOf(Failure);
  expect(failure.message).toBe("Cannot see etcd to be healthy within 20ms: no leader");
});

test("a look that never ends does not hold up a check", async () => {
  const apid = check("apid to be ready", () => new Promise(() => undefined), { timeoutMs: 60, lookTimeoutMs: 10 });
  const told: string[] = [];
  const failure = await apid.run({ report: (missing) => told.push(missing) }, never).catch((thrown) => thrown);
  expect(failure.message).toStartWith("Cannot see apid to be ready within 60ms: no answer within 10ms");
  expect(told).toContain("no answer within 10ms");
});

test("an interruption ends a check at once", async () => {
  const stopping = new AbortController();
  const pods = check("coredns to report ready", () => Promise.reject(new Error("0 pods of 2")));
  const failing = pods.run({ report: () => stopping.abort() }, stopping.signal).catch((thrown) => thrown);
  expect((await failing).message).toBe("Cannot see coredns to report ready: 0 pods of 2");
});

test("checks run one after the other, each is told of once for every change, and the first that fails ends it", async () => {
  let looks = 0;
  const told: string[] = [];
  const slow = check("a", async () => {
    looks += 1;
    if (looks < 3) throw new Error("not yet");
    return "OK";
  });
  const absent = check("b", async () => "SKIP");
  const bad = check("c", () => Promise.reject(new Error("broken")), { timeoutMs: 10 });
  const unseen = check("d", async () => "OK");
  const report = {
    waiting: ({ name }: { name: string }, missing: string) => told.push(`${name}: ${missing || "..."}`),
    done: ({ name }: { name: string }, outcome: string) => told.push(`${name}: ${outcome}`),
  };
  const failure = await runChecks([slow, absent, bad, unseen], report, never).catch((thrown) => thrown);
  expect(failure.message).toBe("Cannot see c within 10ms: broken");
  expect(told).toEqual(["a: ...", "a: not yet", "a: OK", "b: ...", "b: SKIP", "c: ...", "c: broken"]);
});
