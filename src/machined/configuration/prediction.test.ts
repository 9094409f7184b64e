import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { editsOfEveryField } from "../../config/changes/testing.ts";
import { parseMachineConfig, validateMachineConfig } from "../../config/index.ts";
import { mergeDocuments } from "../../config/merge.ts";
import { testConfig } from "../../config/testing.ts";
import { readYaml, toPlain, toYaml } from "../../config/yaml.ts";
import { Failure } from "../../errors/failure.ts";
import { MachineConfig } from "../../resources/config/machine-config.ts";
import type { ApplyMode } from "../machine.ts";
import { MachineConfiguration } from "./configuration.ts";
import { type FollowingServices, servicesFollowing } from "./testing/following-services.ts";

/**
 * What a dry run says is what the apply does: on a real Configuration, with the controllers that the services' specs
 * come from, over edits of every field that is described.
 */
type Plain = Readonly<Record<string, unknown>>;

const base = readYaml(testConfig("controlplane")).documents.map((node) => toPlain(node) as Plain);
const edits = editsOfEveryField();
const modes: readonly ApplyMode[] = ["auto", "auto", "noReboot", "try", "staged", "reboot"];

let directory: string;
let services: FollowingServices;
let configuration: MachineConfiguration;
let reboots = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "prediction-"));
  services = await servicesFollowing();
  const { state } = services;
  configuration = new MachineConfiguration({ state, log: () => {}, mode: "metal", directory, reboot: () => reboots++ });
  await configuration.acquired(parseMachineConfig(textOf(base)), "platform");
  await services.ready();
});
afterAll(async () => {
  await services[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

const textOf = (documents: readonly Plain[]) => documents.map((document) => toYaml(document)).join("---\n");

/** The generated config with edits, when that is a config. */
function edited(indexes: readonly number[]): string | undefined {
  const patches = indexes.map((index) => edits[index] as Plain);
  try {
    const text = textOf(mergeDocuments(base, patches));
    validateMachineConfig(parseMachineConfig(text), { mode: "metal" });
    return text;
  } catch (thrown) {
    // Fields that are allowed alone may not go together.
    if (thrown instanceof Failure) return undefined;
    throw thrown;
  }
}

async function everything() {
  const text = async (id: string) => {
    const resource = await services.state.get(MachineConfig, id);
    return new TextDecoder().decode(resource?.spec.bytes);
  };
  const saved = await readFile(join(directory, "config.yaml"), "utf8");
  return { active: await text("v1alpha1"), persistent: await text("persistent"), saved, reboots };
}

/** Whether these are felt depends on what else the machine has: its addresses, its DNS servers. */
const conditional = /\b(?:nodeIP|subnet|(?:advertised|listen|service)Subnets)\b/;

const restartsIn = (details: string, counts = (_path: string) => true) => {
  const lines = [...details.matchAll(/^ {2}(\S+): .* \(restart (.*)\)$/gm)];
  return new Set(lines.filter(([, path = ""]) => counts(path)).map((match) => match[2] ?? ""));
};

async function check(indexes: readonly number[], mode: ApplyMode): Promise<boolean> {
  const text = edited(indexes);
  if (text === undefined) return false;
  const before = await everything();
  const request = { text, mode, tryTimeoutMs: 3_600_000 };
  const attempt = (dryRun: boolean) => configuration.apply({ ...request, dryRun }).catch((thrown: Error) => thrown);
  const predicted = await attempt(true);
  expect(await everything()).toEqual(before);
  const done = await attempt(false);
  if (predicted instanceof Error || done instanceof Error) {
    // Refused alike, and nothing changed.
    expect(String(done)).toBe(String(predicted));
    expect(await everything()).toEqual(before);
    return true;
  }
  expect(done.mode).toBe(predicted.mode);
  const isLive = done.mode === "noReboot" || done.mode === "try";
  const kept =
    done.mode === "try" ? { persistent: before.persistent, saved: before.saved } : { persistent: text, saved: text };
  expect(await everything()).toEqual({
    ...kept,
    active: isLive ? text : before.active,
    reboots: before.reboots + (done.mode === "reboot" ? 1 : 0),
  });
  const restarted = await services.restartedSince();
  const certain = restartsIn(predicted.details, (path) => !conditional.test(path));
  const unforeseen = restarted.difference(isLive ? restartsIn(predicted.details) : new Set());
  const missing = isLive ? certain.difference(restarted) : new Set();
  expect({ text: predicted.details, unforeseen, missing }).toEqual({
    ...{ text: predicted.details, unforeseen: new Set<string>(), missing: new Set() },
  });
  return true;
}

test("every field has an edit", () => expect(edits.length).toBeGreaterThan(1_000));

test("what is predicted happens", async () => {
  let checked = 0;
  const run = fc.asyncProperty(
    fc.array(fc.nat(edits.length - 1), { minLength: 1, maxLength: 3 }),
    fc.constantFrom(...modes),
    async (indexes, mode) => {
      if (await check(indexes, mode)) checked += 1;
    },
  );
  await fc.assert(run, { numRuns: Number(process.env.PREDICTION_RUNS ?? 150) });
  expect(checked).toBeGreaterThan(30);
}, 60_000);
