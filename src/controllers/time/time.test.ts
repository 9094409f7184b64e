import { expect, test } from "bun:test";
import { testConfig } from "../../config/testing.ts";
import type { Controller } from "../../cosi/controller.ts";
import { runtimeWith, type TestRuntime } from "../../cosi/testing.ts";
import { Failure } from "../../errors/failure.ts";
import { eventually } from "../../grpc/testing/eventually.ts";
import type { ClockCorrection } from "../../linux/timex.ts";
import type { Measurement } from "../../net/ntp/query.ts";
import { NetworkStatus } from "../../resources/network/network-status.ts";
import { TimeServerSpec } from "../../resources/network/time-server-spec.ts";
import { TimeServerStatus } from "../../resources/network/time-server-status.ts";
import { AdjtimeStatus } from "../../resources/time/adjtime-status.ts";
import { TimeStatus } from "../../resources/time/time-status.ts";
import { configure, machineWith } from "../testing.ts";
import { adjtimeStatusController } from "./adjtime-status.ts";
import { ClockKeeper } from "./clock-keeper.ts";
import { timeSyncController } from "./sync.ts";
import { timeServerConfigController } from "./time-server-config.ts";
import { timeServerMergeController } from "./time-server-merge.ts";
import { timeServerSpecController } from "./time-server-spec.ts";

const configWith = (time: string) => testConfig().replace(/^machine:\n/m, `machine:\n    time: ${time}\n`);
const hourMs = 3_600_000;

const answer: Measurement = { offsetMs: 0, delayMs: 1, stratum: 2, leap: "none", remoteMs: 0, localMs: 0 };

/** A clock of its own for each test, and servers that know better. */
function world({ offsetMs = 0, silent = false } = {}) {
  const clock = { offsetMs, asked: [] as string[], steps: [] as number[], slews: [] as number[] };
  const query = async (server: string): Promise<Measurement> => {
    clock.asked.push(server);
    if (silent) throw new Failure(`Cannot ask time server ${server}`);
    return { ...answer, offsetMs: clock.offsetMs };
  };
  const step = ({ offsetMs: ms }: ClockCorrection) => {
    clock.steps.push(ms);
    clock.offsetMs -= ms;
  };
  const slew = ({ offsetMs: ms }: ClockCorrection) => void clock.slews.push(ms);
  return { clock, query, step, slew, resolve: async (server: string) => [server] };
}

/** A machine whose network is up after its configuration is in force. */
async function machineWithClock(config: string, made: ReturnType<typeof world>, options: Options = {}) {
  const machine = await machineWith({ config }, ...controllers(made, options));
  await connect(machine);
  return machine;
}

const connect = ({ state }: TestRuntime) => state.create(NetworkStatus, "status", network);

const network = { addressReady: true, connectivityReady: true, hostnameReady: true, etcFilesReady: true };

type Options = Pick<Partial<Parameters<typeof timeSyncController>[0]>, "isOurs" | "monotonicMs">;

const controllers = (made: ReturnType<typeof world>, options: Options = {}) =>
  [
    timeServerConfigController(),
    timeServerMergeController(),
    timeServerSpecController(),
    timeSyncController({ isOurs: true, monotonicMs: () => 0, ...made, ...options }),
  ] satisfies Controller[];

test("time is in sync once a server has been asked, and a clock that is far off begins another epoch", async () => {
  const made = world({ offsetMs: 5 * hourMs });
  await using machine = await machineWithClock(configWith("{ servers: [192.0.2.1] }"), made);
  const { spec } = await machine.eventually(TimeStatus, "node", (status) => status.spec.synced);
  expect(spec).toEqual({ synced: true, epoch: 1, syncDisabled: false });
  expect([made.clock.offsetMs, made.clock.steps]).toEqual([0, [5 * hourMs]]);
  expect(machine.logged.join()).toMatch(/set the clock by \S+: it was 18000.000 s behind/);
});

test("a small difference is made up for without a jump", async () => {
  const made = world({ offsetMs: -20 });
  await using machine = await machineWithClock(testConfig(), made);
  const { spec } = await machine.eventually(TimeStatus, "node", (status) => status.spec.synced);
  expect(spec.epoch).toBe(0);
  expect([made.clock.steps, made.clock.slews]).toEqual([[], [-20]]);
  expect(machine.logged.join()).toContain("the clock goes by time.cloudflare.com: it was 0.020 s ahead");
});

test("servers of the configuration come before the default one, live", async () => {
  const made = world();
  await using machine = await machineWithClock(testConfig(), made);
  await machine.eventually(
    TimeServerStatus,
    "timeservers",
    ({ spec }) => spec.timeServers[0] === "time.cloudflare.com",
  );
  await eventually(() => made.clock.asked.length === 1);
  await configure(machine, configWith("{ servers: [192.0.2.1, 192.0.2.2] }"));
  const status = await machine.eventually(TimeServerStatus, "timeservers", ({ spec }) => spec.timeServers.length === 2);
  expect(status.spec.timeServers).toEqual(["192.0.2.1", "192.0.2.2"]);
  await eventually(() => made.clock.asked.length === 2);
  expect(made.clock.asked).toEqual(["time.cloudflare.com", "192.0.2.1"]);
  const layers = await machine.state.list(TimeServerSpec, { namespace: "network-config" });
  expect(layers.map(({ metadata }) => metadata.id)).toEqual(["configuration/timeservers", "default/timeservers"]);
  await configure(machine, testConfig());
  await machine.eventually(TimeServerStatus, "timeservers", ({ spec }) => spec.timeServers.length === 1);
});

test("a document says the same as the v1alpha1 fields", async () => {
  const document = "---\napiVersion: v1alpha1\nkind: TimeSyncConfig\nntp: { servers: [192.0.2.9] }\n";
  await using machine = await machineWithClock(`${testConfig()}${document}`, world());
  await machine.eventually(TimeServerStatus, "timeservers", ({ spec }) => spec.timeServers[0] === "192.0.2.9");
});

test("without an answer there is no sync, until boot has waited long enough", async () => {
  let nowMs = 0;
  const made = world({ silent: true });
  const config = configWith("{ servers: [192.0.2.1, 192.0.2.2], bootTimeout: 2m }");
  await using machine = await machineWithClock(config, made, { monotonicMs: () => nowMs });
  await eventually(() => made.clock.asked.length >= 2);
  expect(made.clock.asked.slice(0, 2)).toEqual(["192.0.2.1", "192.0.2.2"]);
  expect((await machine.eventually(TimeStatus, "node")).spec.synced).toBe(false);
  // Not even a change of the configuration makes it longer.
  nowMs = 119_980;
  await configure(machine, `${config}# again\n`);
  nowMs = 120_000;
  await machine.eventually(TimeStatus, "node", ({ spec }) => spec.synced && spec.epoch === 0);
  expect(machine.logged.filter((line) => line.includes("192.0.2.1; "))).toHaveLength(1);
});

test("whoever wants to wait for ever says 0s", async () => {
  let nowMs = 0;
  const made = world({ silent: true });
  await using machine = await machineWithClock(configWith("{ bootTimeout: 0s }"), made, { monotonicMs: () => nowMs });
  await eventually(() => made.clock.asked.length > 0);
  nowMs = 1_000 * hourMs;
  await configure(machine, configWith("{ bootTimeout: 0s, servers: [192.0.2.1] }"));
  await eventually(() => made.clock.asked.includes("192.0.2.1"));
  expect((await machine.eventually(TimeStatus, "node")).spec.synced).toBe(false);
});

test("nobody is asked before there is a configuration and a network", async () => {
  const made = world();
  await using machine = await runtimeWith(...controllers(made));
  await connect(machine);
  await machine.eventually(TimeStatus, "node", ({ spec }) => !spec.synced);
  expect(await machine.state.list(TimeServerSpec, { namespace: "network-config" })).toEqual([]);
  await configure(machine, configWith("{ servers: [192.0.2.1] }"));
  await machine.eventually(TimeStatus, "node", ({ spec }) => spec.synced);
  expect(made.clock.asked).toEqual(["192.0.2.1"]);
  await using other = await machineWith({ config: testConfig() }, ...controllers(made));
  await other.eventually(TimeServerStatus, "timeservers");
  expect(made.clock.asked).toHaveLength(1);
});

test("switched off, nobody is asked and nobody waits; switched on, it begins", async () => {
  const made = world();
  await using machine = await machineWithClock(configWith("{ disabled: true }"), made);
  const off = await machine.eventually(TimeStatus, "node", ({ spec }) => spec.syncDisabled);
  expect(off.spec.synced).toBe(true);
  await configure(machine, testConfig());
  await machine.eventually(TimeStatus, "node", ({ spec }) => spec.synced && !spec.syncDisabled);
  expect(made.clock.asked).toEqual(["time.cloudflare.com"]);
});

test("a clock stays right when nobody can be asked for a while, and not when somebody else has it", async () => {
  const made = world();
  const keeper = new ClockKeeper({ ...made, log: () => {} });
  const stopping = new AbortController();
  keeper.use(["192.0.2.1"]);
  for await (const _ of keeper.run(stopping.signal)) stopping.abort();
  keeper.use([]);
  expect(keeper.synced).toBe(true);
  keeper.leave();
  expect(keeper.synced).toBe(false);
});

test("a container leaves the clock to its host", async () => {
  const made = world({ offsetMs: hourMs });
  await using machine = await machineWithClock(testConfig(), made, { isOurs: false });
  const { spec } = await machine.eventually(TimeStatus, "node");
  expect(spec).toEqual({ synced: true, epoch: 0, syncDisabled: true });
  await machine.eventually(TimeServerStatus, "timeservers");
  expect([made.clock.asked, made.clock.steps]).toEqual([[], []]);
});

test("a question that is under way for servers that are no more wanted is given up", async () => {
  const asked: string[] = [];
  const query = (server: string, { signal }: { readonly signal: AbortSignal }): Promise<Measurement> => {
    asked.push(server);
    const { promise, reject } = Promise.withResolvers<Measurement>();
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    return promise;
  };
  const keeper = new ClockKeeper({
    query,
    resolve: async (server) => [server],
    step: () => {},
    slew: () => {},
    log: () => {},
  });
  const stopping = new AbortController();
  const running = Array.fromAsync(keeper.run(stopping.signal));
  keeper.use(["192.0.2.1"]);
  await eventually(() => asked.length === 1);
  keeper.use(["192.0.2.2"]);
  await eventually(() => asked.length === 2);
  expect(asked).toEqual(["192.0.2.1", "192.0.2.2"]);
  stopping.abort();
  expect(await running).toEqual([]);
});

test("one that is alone with what it says is not believed, and everybody hears of it", async () => {
  const steps: number[] = [];
  const logged: string[] = [];
  const offsets: Record<string, number> = { "192.0.2.1": 9 * hourMs, "192.0.2.2": 3, "192.0.2.3": 4 };
  const keeper = new ClockKeeper({
    resolve: async (server) => [server],
    query: async (address) => ({ ...answer, offsetMs: offsets[address] ?? 0 }),
    step: ({ offsetMs }) => void steps.push(offsetMs),
    slew: () => {},
    log: (_, message) => logged.push(message),
  });
  keeper.use(Object.keys(offsets));
  const stopping = new AbortController();
  for await (const _ of keeper.run(stopping.signal)) stopping.abort();
  expect([keeper.synced, keeper.epoch, steps]).toEqual([true, 0, []]);
  expect(logged).toEqual([
    "the clock goes by 192.0.2.3: it was 0.004 s behind",
    "Cannot believe 192.0.2.1: it is 32400.000 s off, 192.0.2.3 and others are not",
  ]);
});

test("a clock that cannot be set is not said to be right", async () => {
  const logged: string[] = [];
  const { promise: told, resolve } = Promise.withResolvers<void>();
  const keeper = new ClockKeeper({
    resolve: async (server) => [server],
    query: async () => ({ ...answer, offsetMs: hourMs }),
    step: () => {
      throw new Failure("Cannot set the clock: not permitted");
    },
    slew: () => {},
    log: (_, message) => {
      logged.push(message);
      resolve();
    },
  });
  keeper.use(["192.0.2.1"]);
  const stopping = new AbortController();
  const running = Array.fromAsync(keeper.run(stopping.signal));
  await told;
  stopping.abort();
  expect(await running).toEqual([]);
  expect([keeper.synced, keeper.epoch, logged]).toEqual([false, 0, ["Cannot set the clock: not permitted"]]);
});

test("the kernel's idea of its clock is shown", async () => {
  await using machine = await machineWith({ config: testConfig() }, adjtimeStatusController({ isOurs: true }));
  const { spec } = await machine.eventually(AdjtimeStatus, "node");
  expect(spec.state).toStartWith("TIME_");
});
