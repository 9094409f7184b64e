import { readFile } from "node:fs/promises";
import type { Client } from "../../src/talosctl/client/client.ts";
import { readText } from "../machine/api.ts";
import type { Figure, Report } from "./report.ts";

/** Where the time went from the kernel's start to the last service, in milliseconds. */
export async function bootReport(api: Client, consolePath: string): Promise<Report> {
  const [console, services] = await Promise.all([readFile(consolePath, "utf8"), serviceFigures(api)]);
  return { title: "Boot, milliseconds since the kernel started", figures: [...consoleFigures(console), ...services] };
}

/** The kernel stamps its lines with seconds since its start, and ours go through it. */
export function consoleFigures(console: string): Figure[] {
  const at = (pattern: RegExp) => {
    const seconds = new RegExp(`\\[\\s*(\\d+\\.\\d+)\\][^\\n]*(?:${pattern.source})`).exec(console)?.[1];
    return seconds === undefined ? undefined : Number(seconds) * 1_000;
  };
  const marks: [string, number | undefined, number?][] = [
    ["/init is started", at(/Run \/init/)],
    ["machined's first line", at(/\[talos\]/)],
    ["API answers", at(/API (?:is )?(?:ready|answers)|time .* to API/i), 6_000],
  ];
  return marks.flatMap(([name, value, goal]) => {
    if (value === undefined) return [];
    return [{ name, value, unit: "ms", ...(goal === undefined ? {} : { goal }) }];
  });
}

/** When each service was first healthy: its events have the wall clock's time, and so has the kernel's start. */
async function serviceFigures(api: Client): Promise<Figure[]> {
  const bootSeconds = Number(/^btime (\d+)$/m.exec(await readText(api, "/proc/stat"))?.[1]);
  const replies = await api.call("machine.MachineService/ServiceList", {});
  const services = replies.flatMap(({ message }) => message.services);
  return services.flatMap(({ id, events }) => {
    const healthy = events?.events.find(({ msg }) => /health/i.test(msg) && /success|healthy/i.test(msg));
    if (healthy?.ts == null) return [];
    const milliseconds = (Number(healthy.ts.seconds) - bootSeconds) * 1_000 + Number(healthy.ts.nanos) / 1e6;
    return [{ name: `${id} is healthy`, value: milliseconds, unit: "ms" }];
  });
}
