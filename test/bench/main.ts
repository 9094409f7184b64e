#!/usr/bin/env bun
import { join } from "node:path";
import { openApi } from "../machine/api.ts";
import { bootMachine, run } from "../machine/machine.ts";
import { repository } from "../tidy/tree.ts";
import { bootReport } from "./boot.ts";
import { latencyReport } from "./latency.ts";
import { memoryReport } from "./memory.ts";
import type { Report } from "./report.ts";
import { print } from "./report.ts";
import { bootStaticInit } from "./static-init.ts";

/** Boots a machine and prints where its time and memory go. Figures, and their ratios to the goals; nothing fails here. */
const calls = Number(process.argv[2] ?? 10_000);

const say = (text: string) => process.stderr.write(`${text}\n`);
say("Booting a trivial init, then a machine, in QEMU");
const staticInitMs = await bootStaticInit(join(repository, "_out"));
await using machine = await bootMachine();
using api = await openApi(join(machine.directory, "talosconfig"));
const reports: Report[] = [await bootReport(api, machine.consolePath, staticInitMs)];
const idle = await memoryReport("Memory, idle", api);
say(`Making ${calls} calls`);
const latency = await latencyReport(api, calls);
reports.push(idle, latency, await memoryReport(`Memory, after ${calls} calls`, api));
for (const report of reports) print(report);
process.stdout.write("Calls on this host, without a machine in between: directly, and through apid\n");
await run([process.execPath, join(import.meta.dir, "grpc.ts")]).then(({ stdout }) =>
  process.stdout.write(`${stdout}\n`),
);
process.stdout.write(await Bun.file(join(repository, "_out/sizes.txt")).text());
