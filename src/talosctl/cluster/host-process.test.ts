import { expect, test } from "bun:test";
import { identify, isRunning, stop } from "./host-process.ts";

const sleeper = (script = "read line") => Bun.spawn(["sh", "-c", script], { stdin: "pipe", stdout: "pipe" });

test("a process is known by pid and start", async () => {
  const child = sleeper();
  const recorded = await identify(child.pid);
  expect(await isRunning(recorded)).toBe(true);
  child.stdin.end();
  await child.exited;
  expect(await isRunning(recorded)).toBe(false);
});

test("a pid that belongs to another process by now is left alone", async () => {
  const child = sleeper();
  const stranger = { pid: child.pid, startedAt: "another boot/1" };
  expect(await isRunning(stranger)).toBe(false);
  await stop(stranger);
  expect(await isRunning(await identify(child.pid))).toBe(true);
  child.kill();
  await child.exited;
});

test("a process that ignores SIGTERM is killed after its grace", async () => {
  const child = sleeper("trap '' TERM; echo ready; read line");
  await child.stdout.getReader().read(); // the trap is set
  const recorded = await identify(child.pid);
  if (recorded === undefined) throw new Error("the child is gone");
  await stop(recorded, 50);
  await child.exited;
  expect(child.signalCode).toBe("SIGKILL");
});

test("what is gone needs no stopping", async () => {
  expect(await identify(2 ** 22 + 1)).toBeUndefined();
  expect(await isRunning(undefined)).toBe(false);
});
