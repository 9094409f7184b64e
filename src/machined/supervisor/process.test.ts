import { afterAll, beforeAll, expect, test } from "bun:test";
import { createSpawner, type Spawner } from "../../linux/spawner/spawner.ts";
import { RingEventLog } from "../events/event-log.ts";
import { createLogStore } from "../logs/log-store.ts";
import type { LogStore, ServiceSnapshot } from "../machine.ts";
import { runToEnd } from "./command.ts";
import { process as processRunner } from "./process.ts";
import type { ServiceDefinition, ServiceHost } from "./service.ts";
import { ServiceSupervisor } from "./supervisor.ts";

let spawner: Spawner;
beforeAll(async () => {
  spawner = await createSpawner({ drop: "module-and-boot" });
});
afterAll(() => spawner[Symbol.dispose]());

function supervise(definition: ServiceDefinition) {
  const logs = createLogStore();
  // A process needs no state and no containerd.
  const host = { log: () => {}, spawner, cgroup: () => undefined } as unknown as ServiceHost;
  const supervisor = new ServiceSupervisor([definition], { host, logs, events: new RingEventLog() });
  const changes = supervisor.changes(new AbortController().signal)[Symbol.asyncIterator]();
  const eventually = async (holds: (snapshot: ServiceSnapshot) => boolean): Promise<ServiceSnapshot> => {
    while (true) {
      const [now] = supervisor.list();
      if (now !== undefined && holds(now)) return now;
      await changes.next();
    }
  };
  return { supervisor, logs, eventually };
}

const shell = (script: string): ServiceDefinition => ({
  id: "shell",
  runs: processRunner({ argv: ["/bin/sh", "-c", script], cgroup: "system/shell" }),
  restartPauseMs: 1,
});

const pidOf = (snapshot: ServiceSnapshot): number =>
  Number(snapshot.events.findLast(({ message }) => message.startsWith("Process "))?.message.match(/PID (\d+)/)?.[1]);

async function untilLogged(logs: LogStore, wanted: string): Promise<void> {
  let text = "";
  for await (const chunk of logs.open("shell").read({ follow: true })) {
    text += new TextDecoder().decode(chunk);
    if (text === wanted) return;
  }
}

test("a killed process comes back, with a log that goes on", async () => {
  const { supervisor, logs, eventually } = supervise(shell("echo up; exec sleep 1000"));
  await supervisor.start("shell");
  const first = pidOf(await eventually(({ state }) => state === "Running"));
  // Running is what the kernel says; whether it got to its first line, only the line tells.
  await untilLogged(logs, "up\n");
  process.kill(first, "SIGKILL");
  const again = await eventually((now) => now.state === "Running" && pidOf(now) !== first);
  expect(again.events.map(({ message }) => message)).toContainEqual(
    expect.stringContaining("going to restart forever: killed by SIGKILL"),
  );
  await untilLogged(logs, "up\nup\n");
  await supervisor.stop("shell");
  expect(() => process.kill(pidOf(again), 0)).toThrow("ESRCH");
});

test("a program that does not exist is told, not thrown", async () => {
  const { supervisor, eventually } = supervise({
    ...shell(""),
    runs: processRunner({ argv: ["/no/such/program"], cgroup: "system/none" }),
  });
  await supervisor.start("shell");
  const { events } = await eventually((now) => now.events.some(({ message }) => message.includes("going to restart")));
  const told = events.find(({ message }) => message.includes("going to restart"));
  expect(told?.message).toContain('Cannot start "/no/such/program"');
  await supervisor.stop("shell");
});

test("a helper's output comes back, and its failure with its last words", async () => {
  const { signal } = new AbortController();
  expect(await runToEnd(spawner, ["/bin/echo", "hello"], signal)).toBe("hello\n");
  const failing = runToEnd(spawner, ["/bin/sh", "-c", "echo no luck; exit 3"], signal);
  expect(await messageThrownBy(failing)).toContain("no luck");
});

test("an abort kills a helper", async () => {
  const sleeping = runToEnd(spawner, ["/bin/sleep", "1000"], AbortSignal.timeout(20));
  expect(await messageThrownBy(sleeping)).toContain("SIGKILL");
});

/** Unlike `expect().rejects`, which turns the event loop itself and can miss what a Worker reports meanwhile. */
const messageThrownBy = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "",
    (thrown) => String(thrown),
  );
