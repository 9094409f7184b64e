import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changesBetween } from "../../config/changes/changes.ts";
import { parseMachineConfig } from "../../config/index.ts";
import { testConfig } from "../../config/testing.ts";
import { memoryState } from "../../cosi/memory/memory-state.ts";
import { Code } from "../../grpc/status.ts";
import { MachineConfig } from "../../resources/config/machine-config.ts";
import type { ApplyMode, ApplyRequest, MachineMode } from "../machine.ts";
import { MachineConfiguration } from "./configuration.ts";

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "configuration-"));
});
afterAll(() => rm(parent, { recursive: true, force: true }));

const first = testConfig("worker");
const live = first.replace("machine:", 'machine:\n    sysctls:\n        vm.swappiness: "10"');
const hard = first.replace("machine:", "machine:\n    env:\n        PROXY: http://proxy");
const invalid = first.replace("machine:", "machine:\n    sysctl: {}");

const bomb = `a: &a [${"x,".repeat(500)}]\nb: &b [${"*a,".repeat(500)}]\nc: [${"*b,".repeat(500)}]\n`;

/** A real one, on a state and a directory of its own. */
async function configured({ mode = "metal" as MachineMode, initial = first as string | null } = {}) {
  const directory = await mkdtemp(join(parent, "state-"));
  const state = memoryState();
  const lines: string[] = [];
  let reboots = 0;
  const log = (level: string, text: string) => void lines.push(`${level}: ${text}`);
  const reboot = () => {
    reboots += 1;
  };
  const configuration = new MachineConfiguration({ state, log, mode, reboot, directory });
  if (initial !== null) await configuration.acquired(parseMachineConfig(initial), "platform");
  const path = join(directory, "config.yaml");
  const textOf = async (id: string) => {
    const found = await state.get(MachineConfig, id);
    return found && new TextDecoder().decode(found.spec.bytes);
  };
  return {
    ...{ configuration, directory, path, state, lines },
    apply: (text: string, applyMode: ApplyMode, options: Partial<ApplyRequest> = {}) =>
      configuration.apply({ text, mode: applyMode, dryRun: false, tryTimeoutMs: 60_000, ...options }),
    /** Everything an apply can change. */
    everything: async () => ({
      active: await textOf("v1alpha1"),
      persistent: await textOf("persistent"),
      saved: await readFile(path, "utf8").catch(() => undefined),
      reboots,
    }),
  };
}

const refusal = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error("not refused"),
    (thrown) => thrown as Error,
  );

test("the first config is in force, and saved for its owner's eyes alone", async () => {
  const { everything, path } = await configured();
  expect(await everything()).toEqual({ active: first, persistent: first, saved: first, reboots: 0 });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test.each([
  ["auto", live, "noReboot", "Applied configuration without a reboot", { active: live, saved: live, reboots: 0 }],
  ["noReboot", live, "noReboot", "Applied configuration without a reboot", { active: live, saved: live, reboots: 0 }],
  [
    "auto",
    hard,
    "reboot",
    "Applied configuration with a reboot: machine.env.PROXY needs a reboot",
    { active: first, saved: hard, reboots: 1 },
  ],
  ["reboot", live, "reboot", "Applied configuration with a reboot", { active: first, saved: live, reboots: 1 }],
  [
    "staged",
    hard,
    "staged",
    "Staged configuration to be applied after the next reboot",
    { active: first, saved: hard, reboots: 0 },
  ],
  [
    "try",
    live,
    "try",
    "Applied configuration without a reboot\nThe config is applied in 'try' mode and will be automatically reverted back in 1m0s",
    { active: live, saved: first, reboots: 0 },
  ],
] as const)("mode %s", async (mode, text, came, details, { active, saved, reboots }) => {
  await using machine = await disposable();
  const dry = await machine.apply(text, mode, { dryRun: true });
  expect(await machine.everything()).toEqual({ active: first, persistent: first, saved: first, reboots: 0 });
  expect(await machine.apply(text, mode)).toEqual({ mode: came, details, warnings: [] });
  expect(dry.mode).toBe(came);
  expect(dry.details).toStartWith(
    `Dry run summary:\n${details.split(/[:\n]/)[0]} (skipped in dry-run).\nConfig diff:\n`,
  );
  expect(await machine.everything()).toEqual({ active, persistent: saved, saved, reboots });
});

/** Ends a trial that still runs, or the test's process would wait for it. */
async function disposable(...args: Parameters<typeof configured>) {
  const machine = await configured(...args);
  return { ...machine, [Symbol.asyncDispose]: async () => void (await machine.apply(first, "staged")) };
}

test("a dry run tells each changed field with its effect", async () => {
  const { apply } = await configured();
  const { details } = await apply(hard.replace("debug: false", "debug: true"), "auto", { dryRun: true });
  expect(details).toContain("+debug: true\n");
  expect(details).toEndWith(
    "Changed fields:\n  debug: false → true (live)\n  machine.env.PROXY: unset → http://proxy (reboot)",
  );
  expect((await apply(`${first}# comment\n`, "auto", { dryRun: true })).details).toEndWith(
    "Config diff:\n\nNo changes.",
  );
});

test("the log tells which fields changed, and which services start anew for them", async () => {
  const { apply, lines } = await configured();
  const text = first
    .replace("machine:", "machine:\n    nodeLabels:\n        a: b")
    .replace("kubelet:", "kubelet:\n        clusterDNS: [10.0.0.53]");
  await apply(text, "auto");
  expect(lines.at(-1)).toMatch(
    /^info: applied configuration without a reboot: machine\.kubelet\S+, machine\.nodeLabels\.a \(restarts kubelet\)$/,
  );
});

test.each([
  ["a typo", invalid, "auto", /^config:\d+:5: machine\.sysctl: unknown field, did you mean "sysctls"\?/],
  ["what needs a reboot", hard, "noReboot", /^this config change can't be applied in immediate mode\nmachine\.env/],
  ["a trial of what needs a reboot", hard, "try", /\ndiff:\n--- a\n\+\+\+ b\n@@/],
  ["a part of a config", "apiVersion: v1alpha1\nkind: HostnameConfig\nhostname: a\n", "auto", /did you mean to patch/],
  ["no YAML", "{", "auto", /^config:1:/],
  ["YAML without end", `a: ${"[".repeat(500)}`, "auto", /^config:1:/],
  ["YAML that multiplies", bomb, "auto", /^config:3:\d+: there are more than/],
  ["YAML of 5 MiB", `a: ${"x".repeat(5 << 20)}`, "auto", /^config:1:1: it is larger than/],
  ["nothing", "", "auto", /^config:1:1: the file is empty/],
] as const)("%s is refused, and nothing changes", async (_, text, mode, message) => {
  const { apply, everything } = await configured();
  const before = await everything();
  for (const dryRun of [true, false]) expect((await refusal(apply(text, mode, { dryRun }))).message).toMatch(message);
  expect(await everything()).toEqual(before);
});

test("a container says that it cannot reboot itself", async () => {
  const { apply, everything } = await configured({ mode: "container" });
  expect((await refusal(apply(hard, "auto"))).message).toContain("machine.env.PROXY needs a reboot");
  expect(await everything()).toMatchObject({ active: first, saved: first, reboots: 0 });
  expect((await apply(hard, "staged")).mode).toBe("staged");
});

test("a trial ends with what was in force before, however often it was renewed", async () => {
  const { apply, everything, state, lines } = await configured();
  const longer = live.replace('"10"', '"20"');
  await apply(live, "try", { tryTimeoutMs: 60_000 });
  await apply(longer, "try", { tryTimeoutMs: 20 });
  expect(await everything()).toMatchObject({ active: longer, persistent: first, saved: first });
  const signal = AbortSignal.timeout(15_000);
  for await (const event of state.watch(MachineConfig, { id: "v1alpha1", signal })) {
    if (event.type !== "created" && event.type !== "updated") continue;
    if (new TextDecoder().decode(event.resource.spec.bytes) === first) break;
  }
  expect(await everything()).toEqual({ active: first, persistent: first, saved: first, reboots: 0 });
  expect(lines.at(-1)).toStartWith("warn: the config that was tried was not confirmed in time");
});

test.each(["noReboot", "staged", "auto"] as const)("any apply ends a trial: %s", async (mode) => {
  const { apply, lines } = await configured();
  const { promise: over, resolve } = Promise.withResolvers<void>();
  await apply(live, "try", { tryTimeoutMs: 30 });
  await apply(live, mode);
  // A later trial on the same clock ends after the first one would have.
  const other = await configured();
  void (async () => {
    for await (const event of other.state.watch(MachineConfig, {
      id: "v1alpha1",
      signal: AbortSignal.timeout(15_000),
    })) {
      if (event.type === "updated" && new TextDecoder().decode(event.resource.spec.bytes) === first) return resolve();
    }
  })();
  await other.apply(live, "try", { tryTimeoutMs: 40 });
  await over;
  expect(lines.some((line) => line.includes("not confirmed"))).toBe(false);
});

test("a dry run and a refusal leave a trial alone", async () => {
  const { apply, everything, state } = await configured();
  await apply(live, "try", { tryTimeoutMs: 40 });
  await apply(live, "auto", { dryRun: true });
  await refusal(apply(invalid, "auto"));
  for await (const event of state.watch(MachineConfig, { id: "v1alpha1", signal: AbortSignal.timeout(15_000) })) {
    if (event.type === "updated") break;
  }
  expect((await everything()).active).toBe(first);
});

test.each([0, -1, Number.NaN, 25 * 60 * 60 * 1_000])("a trial of %d ms is refused", async (tryTimeoutMs) => {
  const { apply } = await configured();
  expect((await refusal(apply(live, "try", { tryTimeoutMs }))).message).toContain("Cannot try the config for");
});

test("what cannot be saved does not take force", async () => {
  const { apply, directory, everything, path } = await configured();
  await rm(path);
  await rm(directory, { recursive: true });
  await writeFile(directory, "no directory any more");
  expect((await refusal(apply(live, "auto"))).message).toContain(`Cannot write "${path}"`);
  expect(await everything()).toMatchObject({ active: first, persistent: first, reboots: 0 });
});

test("what was cut short is cleaned away, and what is in force is saved, when STATE is there", async () => {
  const { configuration, directory, everything } = await configured();
  await rm(join(directory, "config.yaml"));
  await writeFile(join(directory, ".config.yaml.1.abc"), "half");
  await configuration.stateReady();
  expect(await readdir(directory)).toEqual(["config.yaml"]);
  expect((await everything()).saved).toBe(first);
});

test("a machine without config takes its first from the API", async () => {
  const { configuration, apply, everything, state } = await configured({ initial: null });
  const partial = "apiVersion: v1alpha1\nkind: StaticHostConfig\nname: 10.0.0.9\nhostnames:\n    - db\n";
  await configuration.enterMaintenance(parseMachineConfig(partial));
  expect(configuration.inMaintenance).toBe(true);
  expect(await state.get(MachineConfig, "maintenance")).toBeDefined();
  for (const mode of ["noReboot", "staged"] as const) {
    const name = mode === "staged" ? "staged" : "no-reboot";
    const message = `apply configuration --mode='${name}' is not supported in maintenance mode`;
    expect((await refusal(apply(first, mode))).message).toBe(message);
  }
  expect((await apply(first, "auto", { dryRun: true })).details).toBe(
    "Dry run summary:\nNode is running in maintenance mode and does not have a config yet.",
  );
  expect((await everything()).active).toBeUndefined();
  await apply(first, "auto");
  expect(configuration.inMaintenance).toBe(false);
  expect(await state.get(MachineConfig, "maintenance")).toBeUndefined();
  const { active, persistent, saved } = await everything();
  expect(new Set([active, persistent, saved]).size).toBe(1);
  // What it was told, and what it knew before.
  const taken = parseMachineConfig(saved ?? "");
  expect(changesBetween(parseMachineConfig(first), taken).map(({ path }) => path)).toEqual([
    "StaticHostConfig[10.0.0.9]",
  ]);
});

test("no stranger can slip documents into the config that the owner brings", async () => {
  const { configuration, apply, everything, state } = await configured({ initial: null });
  await configuration.enterMaintenance();
  const mirror =
    "apiVersion: v1alpha1\nkind: RegistryMirrorConfig\nname: docker.io\nendpoints:\n  - url: http://evil\n";
  expect((await refusal(apply(mirror, "auto", { onlyFirst: true }))).message).toContain("doesn't contain v1alpha1");
  expect(await state.get(MachineConfig, "maintenance")).toBeUndefined();
  await apply(first, "auto", { onlyFirst: true });
  expect((await everything()).saved).toBe(first);
});

test("of several strangers who configure a machine at once the first one does, and no other", async () => {
  const { configuration, apply, everything } = await configured({ initial: null });
  await configuration.enterMaintenance();
  const other = first.replace("machine:", "machine:\n    env:\n        BY: another");
  const [done, late] = [apply(first, "auto", { onlyFirst: true }), refusal(apply(other, "auto", { onlyFirst: true }))];
  await done;
  expect(await late).toMatchObject({ code: Code.permissionDenied, message: "not authorized" });
  expect((await everything()).saved).toBe(first);
});

test("applies come one after another, and not too many wait", async () => {
  const { apply, everything } = await configured();
  const texts = Array.from({ length: 30 }, (_, index) => live.replace('"10"', `"${index}"`));
  const done = await Promise.allSettled(texts.map((text) => apply(text, "auto")));
  const taken = done.flatMap(({ status }, index) => (status === "fulfilled" ? [texts[index]] : []));
  expect(taken.length).toBeGreaterThan(10);
  expect(taken.length).toBeLessThan(30);
  expect(await everything()).toMatchObject({ active: taken.at(-1), saved: taken.at(-1) });
});
