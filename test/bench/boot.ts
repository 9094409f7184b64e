import { readFile } from "node:fs/promises";
import { BootProgress } from "../../src/resources/runtime/boot-progress.ts";
import type { Client } from "../../src/talosctl/client/client.ts";
import { readText } from "../machine/api.ts";
import type { Figure, Report } from "./report.ts";

/** The longest that the API may take, and the longest in terms of the least that any init needs. */
const goals = { apiMs: 6_000, staticInits: 1.5 } as const;

/**
 * Where the time went from the kernel's start to the last service, in milliseconds.
 * @param staticInitMs what a trivial init needs; see static-init.ts
 */
export async function bootReport(api: Client, consolePath: string, staticInitMs: number): Promise<Report> {
  const console = await readFile(consolePath, "utf8");
  const answersMs = consoleTime(console, /the API answers/) ?? Number.NaN;
  return {
    title: "Boot, milliseconds since the kernel started",
    figures: [
      { name: "/init is started", value: consoleTime(console, /Run \/init/) ?? Number.NaN, unit: "ms" },
      { name: "a static init in C is ready", value: staticInitMs, unit: "ms" },
      ...(await phaseFigures(api)),
      { name: "API answers", value: answersMs, unit: "ms", goal: goals.apiMs },
      ...(await serviceFigures(api)),
      { name: "API answers, in static inits", value: answersMs / staticInitMs, unit: "", goal: goals.staticInits },
    ],
  };
}

/** The kernel stamps its lines with seconds since its start, and ours go through it. In milliseconds. */
export function consoleTime(console: string, pattern: RegExp): number | undefined {
  const seconds = new RegExp(`\\[\\s*(\\d+\\.\\d+)\\][^\\n]*${pattern.source}`).exec(console)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1_000;
}

/** When each phase of the sequences ended, as the machine itself recorded. */
async function phaseFigures(api: Client): Promise<Figure[]> {
  const { namespace, type } = BootProgress;
  const [node = ""] = api.nodes;
  const { resource } = await api.at(node, "cosi.resource.State/Get", { namespace, type, id: "boot" });
  const bytes = resource?.spec?.proto_spec;
  if (bytes == null) return [];
  return BootProgress.decodeProto(bytes).phases.flatMap(({ name, endedMs }) =>
    endedMs === undefined ? [] : [{ name: `${name} is done`, value: endedMs, unit: "ms" }],
  );
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
