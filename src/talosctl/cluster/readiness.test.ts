import { expect, test } from "bun:test";
import { awaitsBootstrap } from "../../well-known.ts";
import { ConsoleLog } from "./console.ts";
import { awaitsBootstrapCall, type ServiceStatus, unready, type Wait, waitUntilReady } from "./readiness.ts";

const service = (id: string, over: Partial<ServiceStatus> = {}): ServiceStatus => ({
  id,
  state: "Running",
  message: "",
  healthy: true,
  ...over,
});

const booted = () => {
  const console = new ConsoleLog("/no/such/file");
  console.accept("[ 0.0] Linux version 6.12\n[ 2.0] Run /init as init process\n");
  return console;
};

const waitWith = (over: Partial<Wait>): Wait => ({
  services: ["etcd"],
  timeoutMs: 5_000,
  console: booted(),
  list: async () => [service("etcd")],
  isAlive: async () => true,
  report: () => undefined,
  signal: AbortSignal.timeout(10_000),
  ...over,
});

test("what is missing is told service by service", () => {
  const services = [
    service("containerd"),
    service("etcd", { state: "Preparing", message: "pulling image" }),
    service("kubelet", { healthy: false }),
  ];
  expect(unready(services, ["containerd", "etcd", "kubelet", "trustd"])).toEqual([
    "etcd Preparing (pulling image)",
    "kubelet unhealthy",
    "trustd not started",
  ]);
});

test("the wait ends when the last service is healthy", async () => {
  const answers = [[], [service("etcd", { state: "Waiting" })], [service("etcd")]];
  const details: string[] = [];
  const outcome = await waitUntilReady(
    waitWith({ list: async () => answers.shift() ?? [], report: (detail) => details.push(detail) }),
  );
  expect(outcome.kind).toBe("ready");
  expect(details).toContain("etcd Waiting");
});

test("an API that does not answer yet is waited for", async () => {
  let calls = 0;
  const list = async () => {
    calls += 1;
    if (calls < 3) throw new Error("connection refused");
    return [service("etcd")];
  };
  expect((await waitUntilReady(waitWith({ list }))).kind).toBe("ready");
  expect(calls).toBe(3);
});

test("a machine that stops shows its last words", async () => {
  const failure = await waitUntilReady(waitWith({ isAlive: async () => false })).catch((error) => error);
  expect(failure.message).toBe("Cannot boot the machine: it stopped");
  expect(failure.hint).toContain("Run /init as init process");
});

test("a kernel that fails before /init is worth another start, one that fails later is not", async () => {
  const early = new ConsoleLog("/no/such/file");
  early.accept("[ 0.0] Linux version 6.12\n[ 0.1] BUG: unable to handle page fault\n");
  expect((await waitUntilReady(waitWith({ console: early }))).kind).toBe("kernel-oops");

  const late = booted();
  late.accept("[ 3.0] Kernel panic - not syncing: Attempted to kill init!\n");
  await expect(waitUntilReady(waitWith({ console: late }))).rejects.toThrow("the kernel panicked");
});

test("a machine that waits for its config is ready for that, and never for services", async () => {
  const console = booted();
  console.accept("[ 5.0] [talos] This machine has no config, and waits for one (maintenance mode).\n");
  expect((await waitUntilReady(waitWith({ console, services: [], list: async () => [] }))).kind).toBe("ready");
  const failure = await waitUntilReady(waitWith({ console })).catch((error) => error);
  expect(failure.message).toContain("it has no config that it can use");
});

test("etcd that waits for the bootstrap call is told from etcd that is busy", () => {
  expect(awaitsBootstrapCall([service("etcd", { state: "Preparing", message: awaitsBootstrap })])).toBe(true);
  expect(awaitsBootstrapCall([service("etcd", { state: "Preparing", message: "Pulling image" })])).toBe(false);
  expect(awaitsBootstrapCall([service("etcd", { state: "Running" })])).toBe(false);
});

test("a machine whose etcd waits for somebody else's call is ready", async () => {
  const list = async () => [service("etcd", { state: "Preparing", message: awaitsBootstrap })];
  expect((await waitUntilReady(waitWith({ list, mayAwaitBootstrap: true }))).kind).toBe("ready");
  const failure = await waitUntilReady(waitWith({ list, timeoutMs: 1 })).catch((error) => error);
  expect(failure.message).toContain("bootstrap call");
});

test("patience ends, saying what was missing", async () => {
  const list = async () => [service("etcd", { state: "Failed", message: "no image" })];
  await expect(waitUntilReady(waitWith({ list, timeoutMs: 1 }))).rejects.toThrow("etcd Failed (no image)");
});
