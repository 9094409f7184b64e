import type { Client } from "../../src/talosctl/client/client.ts";
import { readText } from "../machine/api.ts";
import { programsOf } from "./programs.ts";
import type { Figure, Report } from "./report.ts";

const kib = 1024;

/** Proportional set size of our programs, in MiB: shared pages count once for all who share them. */
export async function memoryReport(title: string, api: Client): Promise<Report> {
  const figures: Figure[] = [];
  for (const { name, pid } of await programsOf(api)) {
    const rollup = await readText(api, `/proc/${pid}/smaps_rollup`);
    figures.push({ name: `${name} PSS`, value: Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1]) / kib, unit: "MiB" });
  }
  const sum = figures.reduce((total, { value }) => total + value, 0);
  return { title, figures: [...figures, { name: "together", value: sum, unit: "MiB", goal: 200 }] };
}
