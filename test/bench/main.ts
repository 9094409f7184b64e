#!/usr/bin/env bun
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openApi } from "../machine/api.ts";
import { bootMachine, run } from "../machine/machine.ts";
import { repository } from "../tidy/tree.ts";
import { bootReport } from "./boot.ts";
import { configReport } from "./config.ts";
import { dhcpReport } from "./dhcp.ts";
import { watchReport } from "./get.ts";
import { kubePrismReport } from "./kubeprism.ts";
import { kubernetesReport } from "./kubernetes.ts";
import { latencyReport } from "./latency.ts";
import { liveEditReport } from "./live-edit.ts";
import { memoryReport } from "./memory.ts";
import { networkReports } from "./network.ts";
import { print, type Report } from "./report.ts";
import { startReport } from "./start.ts";
import { stateReport } from "./state.ts";
import { bootStaticInit } from "./static-init.ts";

/**
 * Prints where time and memory go: figures, and their ratios to the goals; nothing fails here. Without names, all of it:
 * `npm run bench -- start config`. `boot` needs QEMU, `live`, `network`, `dhcp` and `kubernetes` need root; so that
 * `npm run bench -- kubernetes --provisioner qemu` does not.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { calls: { type: "string" }, provisioner: { type: "string" } },
});
const calls = Number(values.calls ?? 10_000);
const output = join(repository, "_out");
const talosctl = join(output, "talosctl");

const benches: Readonly<Record<string, () => Promise<readonly Report[]>>> = {
  start: async () => [await startReport(talosctl)],
  config: () => configReport(calls),
  state: async () => [await stateReport()],
  watch: async () => [await watchReport(talosctl)],
  live: async () => [await liveEditReport()],
  network: networkReports,
  dhcp: async () => [await dhcpReport()],
  kubernetes: () => kubernetesReport(values.provisioner ?? "container"),
  kubeprism: async () => [await kubePrismReport()],
  calls: async () => {
    await run([process.execPath, join(import.meta.dir, "grpc.ts")]).then(({ stdout }) =>
      process.stdout.write(`Calls without a machine in between: directly, and through apid\n${stdout}\n`),
    );
    return [];
  },
  boot: async () => {
    const staticInitMs = await bootStaticInit(output);
    await using machine = await bootMachine();
    using api = await openApi(join(machine.directory, "talosconfig"));
    const boot = await bootReport(api, machine.consolePath, staticInitMs);
    const idle = await memoryReport("Memory, idle", api);
    const latency = await latencyReport(api, calls);
    return [boot, idle, latency, await memoryReport(`Memory, after ${calls} calls`, api)];
  },
};

for (const name of positionals.length > 0 ? positionals : Object.keys(benches)) {
  const bench = benches[name];
  if (bench === undefined) throw new Error(`Cannot measure "${name}": there are ${Object.keys(benches).join(", ")}`);
  process.stderr.write(`Measuring ${name}\n`);
  for (const report of await bench()) print(report);
}
if (positionals.length === 0) process.stdout.write(await Bun.file(join(output, "sizes.txt")).text());
