import type { Client } from "../../src/talosctl/client/client.ts";
import { readText } from "../machine/api.ts";
import type { Figure, Report } from "./report.ts";

const kib = 1024;

/** Proportional set size of our programs, in MiB: shared pages count once for all who share them. */
export async function memoryReport(title: string, api: Client): Promise<Report> {
  const replies = await api.call("machine.MachineService/Processes", {});
  const processes = replies.flatMap(({ message }) => message.processes);
  const pidOf = (name: string) =>
    name === "machined" ? 1 : processes.find(({ args }) => args.split(" ")[0]?.endsWith(`/${name}`))?.pid;
  const figures: Figure[] = [];
  for (const name of ["machined", "apid", "trustd"]) {
    const pid = pidOf(name);
    if (pid === undefined) continue;
    const rollup = await readText(api, `/proc/${pid}/smaps_rollup`);
    figures.push({ name: `${name} PSS`, value: Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1]) / kib, unit: "MiB" });
  }
  const sum = figures.reduce((total, { value }) => total + value, 0);
  return { title, figures: [...figures, { name: "together", value: sum, unit: "MiB", goal: 200 }] };
}
