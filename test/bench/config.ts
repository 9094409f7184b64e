import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseMachineConfig, validateMachineConfig } from "../../src/config/index.ts";
import { testConfig } from "../../src/config/testing.ts";
import { memoryState } from "../../src/cosi/memory/memory-state.ts";
import { MachineConfiguration } from "../../src/machined/configuration/configuration.ts";
import { percentile, type Report } from "./report.ts";

const lines = 1_000;
const timed = 60;
/** Compiled code and the young heap settle first. */
const warmUp = 500;
const samples = 20;

const base = testConfig("controlplane");
const shortConfig = (number: number): string =>
  base.replace(/^machine:$/m, `machine:\n    sysctls:\n        vm.swappiness: "${number}"`);

/** A control plane's config of a thousand lines, which differ from those of another number. */
export function longConfig(number: number): string {
  const missing = lines - base.split("\n").length - 1;
  const notes = Array.from(
    { length: missing },
    (_, index) => `        example.org/note-${index}: "${number}-${index}"`,
  );
  return base.replace(/^machine:$/m, `machine:\n    nodeAnnotations:\n${notes.join("\n")}`);
}

/**
 * How long the funnel of ApplyConfiguration takes for a long config that changes in most lines, and whether memory grows
 * with the number of applies. The directory is on the disk of /tmp: every apply waits for two writes that are synced.
 */
export async function configReport(applies: number): Promise<Report[]> {
  const directory = await mkdtemp(join(tmpdir(), "bench-config-"));
  try {
    const configuration = new MachineConfiguration({
      ...{ state: memoryState(), mode: "metal", directory },
      ...{ log: () => undefined, reboot: () => undefined },
    });
    await configuration.acquired(parseMachineConfig(longConfig(0)), "platform");
    const apply = async (text: string) => {
      const startMs = performance.now();
      await configuration.apply({ text, mode: "noReboot", dryRun: false, tryTimeoutMs: 0 });
      return performance.now() - startMs;
    };
    return [await timeReport(apply), await memoryReport(apply, applies)];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Applies a config; milliseconds. */
type Apply = (text: string) => Promise<number>;

async function timeReport(apply: Apply): Promise<Report> {
  const text = longConfig(1);
  const firstMs = await apply(text);
  const reads: number[] = [];
  const checks: number[] = [];
  for (let count = 0; count < timed; count += 1) {
    const startMs = performance.now();
    const config = parseMachineConfig(text);
    const readMs = performance.now();
    validateMachineConfig(config, { mode: "metal" });
    reads.push(readMs - startMs);
    checks.push(performance.now() - readMs);
  }
  const times: number[] = [];
  for (let count = 0; count < timed; count += 1) times.push(await apply(longConfig(2 + count)));
  return {
    title: `A config of ${text.split("\n").length} lines, ${timed} times`,
    figures: [
      { name: "first apply", value: firstMs, unit: "ms" },
      { name: "parse, p50", value: percentile(reads, 0.5), unit: "ms" },
      { name: "validate, p50", value: percentile(checks, 0.5), unit: "ms" },
      { name: "parse, validate and apply, p50", value: percentile(times, 0.5), unit: "ms" },
      { name: "parse, validate and apply, p99", value: percentile(times, 0.99), unit: "ms" },
    ],
  };
}

/** The heap in use and our share of memory, as they grow over the applies: the slope of a line through the samples. */
async function memoryReport(apply: Apply, applies: number): Promise<Report> {
  for (let count = 0; count < warmUp; count += 1) await apply(shortConfig(count));
  const heap: number[] = [];
  const pss: number[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    for (let count = 0; count < applies / samples; count += 1) await apply(shortConfig(count));
    Bun.gc(true);
    heap.push(process.memoryUsage().heapUsed);
    pss.push(await pssBytes());
  }
  const per = applies / samples;
  return {
    title: `Memory over ${applies} applies of a short config, after ${warmUp} others`,
    figures: [
      { name: "heap at the end", value: (heap.at(-1) ?? Number.NaN) / 2 ** 20, unit: "MiB" },
      { name: "heap's growth per apply", value: slope(heap.slice(samples / 2)) / per, unit: "bytes" },
      { name: "PSS at the end", value: (pss.at(-1) ?? Number.NaN) / 2 ** 20, unit: "MiB" },
      { name: "PSS's growth per apply", value: slope(pss.slice(samples / 2)) / per, unit: "bytes" },
    ],
  };
}

/** Of the straight line that is nearest to values one step apart. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const above = values.reduce((sum, value, index) => sum + (index - middle) * (value - mean), 0);
  return above / values.reduce((sum, _, index) => sum + (index - middle) ** 2, 0);
}

async function pssBytes(): Promise<number> {
  const rollup = await Bun.file("/proc/self/smaps_rollup").text();
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1]) * 1_024;
}
