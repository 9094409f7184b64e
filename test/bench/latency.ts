import type { Client } from "../../src/talosctl/client/client.ts";
import { percentile, type Report } from "./report.ts";

const concurrency = 16;

/** How long a small call takes through apid, one after the other, and how many fit in a second side by side. */
export async function latencyReport(api: Client, calls: number): Promise<Report> {
  const timed = async () => {
    const began = performance.now();
    await api.call("machine.MachineService/Version", {});
    return performance.now() - began;
  };
  const alone: number[] = [];
  for (let call = 0; call < calls / 10; call += 1) alone.push(await timed());

  const together: number[] = [];
  const remaining = calls - alone.length;
  const began = performance.now();
  const worker = async (share: number) => {
    for (let call = 0; call < share; call += 1) together.push(await timed());
  };
  await Promise.all(Array.from({ length: concurrency }, () => worker(Math.ceil(remaining / concurrency))));
  const seconds = (performance.now() - began) / 1_000;
  return {
    title: `Unary calls through apid (${alone.length} one by one, ${together.length} at ${concurrency} streams)`,
    figures: [
      { name: "one by one, p50", value: percentile(alone, 0.5), unit: "ms" },
      { name: "one by one, p99", value: percentile(alone, 0.99), unit: "ms", goal: 10 },
      { name: `${concurrency} streams, p50`, value: percentile(together, 0.5), unit: "ms" },
      { name: `${concurrency} streams, p99`, value: percentile(together, 0.99), unit: "ms" },
      { name: `${concurrency} streams, throughput`, value: together.length / seconds, unit: "calls/s" },
    ],
  };
}
