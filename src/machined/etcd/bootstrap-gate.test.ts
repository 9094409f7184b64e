import { expect, test } from "bun:test";
import { BootstrapGate } from "./bootstrap-gate.ts";

const { signal } = new AbortController();

test("the call ends the wait, once", async () => {
  const gate = new BootstrapGate();
  expect(gate.open({})).toBe(false);
  const waiting = gate.wait(signal);
  expect(gate.isAwaited).toBe(true);
  expect(gate.open({ recover: { skipHashCheck: true } })).toBe(true);
  expect(gate.open({})).toBe(false);
  expect(await waiting).toEqual({ recover: { skipHashCheck: true } });
  expect([gate.isAwaited, gate.wasOpened]).toEqual([false, true]);
});

test("a service that stops waits no more, and may wait again", async () => {
  const gate = new BootstrapGate();
  const stop = new AbortController();
  const waiting = gate.wait(stop.signal).catch((thrown) => thrown);
  stop.abort(new Error("stopped"));
  expect(await waiting).toMatchObject({ message: "stopped" });
  expect(gate.isAwaited).toBe(false);
  const again = gate.wait(signal);
  expect(gate.wasOpened).toBe(false);
  expect(gate.open({})).toBe(true);
  expect(await again).toEqual({});
});

test("as long as it is refused the call ends no wait", async () => {
  const gate = new BootstrapGate();
  const waiting = gate.wait(signal);
  gate.refuse("there is a cluster");
  expect(gate.open({})).toBe(false);
  expect([gate.isAwaited, gate.wasOpened, gate.refusal]).toEqual([true, false, "there is a cluster"]);
  gate.refuse(undefined);
  expect(gate.open({})).toBe(true);
  expect(await waiting).toEqual({});
});
