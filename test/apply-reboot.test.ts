import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Client } from "../src/talosctl/client/client.ts";
import { monitorCommand } from "../src/talosctl/cluster/qemu/monitor.ts";
import { openApi, readText } from "./machine/api.ts";
import { bootMachine, type Finished, run, type TestMachine } from "./machine/machine.ts";
import { eventually } from "./support/eventually.ts";

/** What a config becomes over boots: on a machine in QEMU with a disk. The order matters. */
let machine: TestMachine;
let api: Client;

const minutes = (count: number) => count * 60_000;
const publicClient = process.env.TALOSCTL_PUBLIC;
const portRange = "net.ipv4.ip_local_port_range";

beforeAll(async () => {
  machine = await bootMachine();
  api = await openApi(join(machine.directory, "talosconfig"));
}, minutes(22));

afterAll(async () => {
  api?.[Symbol.dispose]();
  await machine?.[Symbol.asyncDispose]();
}, minutes(5));

const ours = () => join(machine.directory, "../../talosctl");
const patch = (text: object, flags: readonly string[], client = ours()): Promise<Finished> => {
  const talosconfig = join(machine.directory, "talosconfig");
  return run([client, "--talosconfig", talosconfig, "patch", "machineconfig", "-p", JSON.stringify(text), ...flags]);
};
const bootId = () => readText(api, "/proc/sys/kernel/random/boot_id");
const saved = () => readText(api, "/system/state/config.yaml");
const active = () => machine.ask("get", "machineconfig", "v1alpha1", "-o", "yaml");
const sysctl = (value: string) => ({ machine: { sysctls: { [portRange]: value } } });
const inForce = async () =>
  (await readText(api, `/proc/sys/${portRange.replaceAll(".", "/")}`)).trim().replace("\t", " ");

/** Types of the events that come until the connection breaks. */
async function followEvents(): Promise<string[]> {
  const types: string[] = [];
  try {
    for await (const { message } of api.stream("machine.MachineService/Events", { tail_events: 1 })) {
      types.push(message.data?.type_url ?? "");
    }
  } catch {
    // The machine has gone.
  }
  return types;
}

/** Does something that makes the machine boot again, and waits until it has. */
async function rebootedBy(deed: () => Promise<unknown>): Promise<void> {
  const before = await bootId();
  await deed();
  await eventually(
    () => bootId().catch(() => before),
    (now) => now !== before && now !== "",
    { timeoutMs: minutes(8) },
  );
}

test(
  "a staged config is in force after the next boot",
  async () => {
    const before = await inForce();
    const { stderr } = await patch(sysctl("20001 60000"), ["--mode", "staged"]);
    expect(stderr).toContain("Staged configuration to be applied after the next reboot");
    expect(await saved()).toContain("20001 60000");
    expect(await active()).not.toContain("20001 60000");
    expect(await inForce()).toBe(before);
    const told = followEvents();
    await rebootedBy(() => machine.ask("reboot", "--wait=false"));
    // Told while clients still listen; what comes after it is the end of services.
    expect(await told).toContain("talos/runtime/machine.RestartEvent");
    await eventually(inForce, (now) => now === "20001 60000", { timeoutMs: minutes(4) });
    expect(await active()).toContain("20001 60000");
  },
  minutes(15),
);

test(
  "a config that is tried is forgotten by a machine that crashes",
  async () => {
    const { stderr } = await patch(sysctl("20002 60000"), ["--mode", "try", "--timeout", "30m"]);
    expect(stderr).toContain("will be automatically reverted back in 30m0s");
    await eventually(inForce, (now) => now === "20002 60000", { timeoutMs: minutes(4) });
    await rebootedBy(() => monitorCommand(machine.monitorPath, "system_reset"));
    await eventually(inForce, (now) => now === "20001 60000", { timeoutMs: minutes(4) });
    expect(await saved()).not.toContain("20002 60000");
  },
  minutes(15),
);

describe.each(publicClient === undefined ? ["ours"] : ["ours", "the public one"])("by %s", (name) => {
  const client = () => (name === "ours" ? ours() : (publicClient ?? ""));
  const token = name === "ours" ? "aaaaaa.bbbbbbbbbbbbbbbb" : "cccccc.dddddddddddddddd";

  test(
    "what needs a reboot is refused at once, and reboots when that is left to the machine",
    async () => {
      const refused = await patch({ machine: { token } }, ["--mode", "no-reboot"], client());
      expect(refused.code).not.toBe(0);
      expect(refused.stderr).toContain("machine.token needs a reboot");
      await rebootedBy(async () => {
        const { code, stderr } = await patch({ machine: { token } }, [], client());
        expect(code).toBe(0);
        expect(stderr).toContain("Applied configuration with a reboot: machine.token needs a reboot");
      });
      expect(await active()).toContain(token);
      expect(await saved()).toContain(token);
    },
    minutes(15),
  );
});

test(
  "what needs no reboot reboots when that is asked for",
  async () => {
    await rebootedBy(async () => {
      const { stderr } = await patch(sysctl("20003 60000"), ["--mode", "reboot"]);
      expect(stderr).toMatch(/Applied configuration with a reboot$/m);
    });
    await eventually(inForce, (now) => now === "20003 60000", { timeoutMs: minutes(4) });
  },
  minutes(15),
);
