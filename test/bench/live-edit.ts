import { join } from "node:path";
import type { Client } from "../../src/talosctl/client/client.ts";
import { openApi, readText } from "../machine/api.ts";
import { bootMachine } from "../machine/machine.ts";
import { percentile, type Report } from "./report.ts";

const edits = 40;
const goalMs = 100;
/** A parameter of the container's own network: the kernel is the host's. */
const parameter = "net.ipv4.tcp_keepalive_time";
const file = `/proc/sys/${parameter.replaceAll(".", "/")}`;

/** How long a change of machine.sysctls takes from the request until the kernel has it, on a machine in a container. */
export async function liveEditReport(): Promise<Report> {
  await using machine = await bootMachine("--provisioner", "container", "--wait-timeout", "3m");
  using api = await openApi(join(machine.directory, "talosconfig"));
  const text = await activeConfig(api);
  const applied: number[] = [];
  const live: number[] = [];
  for (let edit = 0; edit < edits; edit += 1) {
    const value = String(1_000 + edit);
    const data = new TextEncoder().encode(withParameter(text, value));
    const startMs = performance.now();
    await api.call("machine.MachineService/ApplyConfiguration", { data, mode: 1 });
    applied.push(performance.now() - startMs);
    while ((await readText(api, file)).trim() !== value)
      if (performance.now() - startMs > 10_000) throw new Error(`${parameter} is never ${value}`);
    live.push(performance.now() - startMs);
  }
  return {
    title: `A change of ${parameter} without a reboot, ${edits} times, in a container, through apid`,
    figures: [
      { name: "request is answered, p50", value: percentile(applied, 0.5), unit: "ms" },
      { name: "request to kernel's value, p50", value: percentile(live, 0.5), unit: "ms", goal: goalMs },
      { name: "request to kernel's value, p99", value: percentile(live, 0.99), unit: "ms", goal: goalMs },
    ],
  };
}

async function activeConfig(api: Client): Promise<string> {
  return await readText(api, "/system/state/config.yaml");
}

const withParameter = (text: string, value: string): string =>
  text.replace(/^machine:$/m, `machine:\n    sysctls:\n        ${parameter}: "${value}"`);
