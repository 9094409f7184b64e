import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { Code } from "../src/grpc/status.ts";
import { machine as proto } from "../src/proto/index.ts";
import type { Client } from "../src/talosctl/client/client.ts";
import { openApi, readText, servicesOf } from "./machine/api.ts";
import { bootMachine, type Finished, run, type TestMachine } from "./machine/machine.ts";
import { eventually } from "./support/eventually.ts";

/** Every mode of apply on a machine that runs natively, by our client and, where there is one, by the public one. */
const describeAsRoot = describe.if(process.getuid?.() === 0 && process.platform === "linux");
const minutes = (count: number) => count * 60_000;
const portRange = "/proc/sys/net/ipv4/ip_local_port_range";
const publicClient = process.env.TALOSCTL_PUBLIC;
const clients = publicClient === undefined ? ["ours"] : ["ours", "the public one"];

describeAsRoot("a config is applied", () => {
  let machine: TestMachine;
  let api: Client;
  /** A value that nothing had before. */
  let ports = 20_000;

  beforeAll(async () => {
    machine = await bootMachine("--provisioner", "container", "--wait-timeout", "8m");
    api = await openApi(join(machine.directory, "talosconfig"));
  }, minutes(10));

  afterAll(async () => {
    api?.[Symbol.dispose]();
    await machine?.[Symbol.asyncDispose]();
  }, minutes(5));

  const talosctl = async (
    client: string,
    args: readonly string[],
    env: Record<string, string> = {},
  ): Promise<Finished> => {
    const binary = client === "ours" ? join(machine.directory, "../../talosctl") : (publicClient ?? "");
    return await run([binary, "--talosconfig", join(machine.directory, "talosconfig"), ...args], env);
  };
  const sysctl = (value: string) => JSON.stringify({ machine: { sysctls: { "net.ipv4.ip_local_port_range": value } } });
  const fresh = () => {
    ports += 1;
    return `${ports} 60000`;
  };
  const inForce = async () => (await readText(api, portRange)).trim().replace("\t", " ");
  const config = (id: string) => machine.ask("get", "mc", id, "-o", "yaml");
  const saved = () => readText(api, "/system/state/config.yaml");
  const everything = async () => [await config("v1alpha1"), await config("persistent"), await saved(), await inForce()];
  const patch = (client: string, text: string, ...flags: readonly string[]) =>
    talosctl(client, ["patch", "machineconfig", "-p", text, ...flags]);

  for (const client of clients) {
    describe(`by ${client}`, () => {
      test(
        "at once",
        async () => {
          const value = fresh();
          expect(await patch(client, sysctl(value), "--mode", "no-reboot")).toMatchObject({
            code: 0,
            stderr: expect.stringContaining("Applied configuration without a reboot\n"),
          });
          await eventually(inForce, (now) => now === value);
          expect(await saved()).toContain(value);
          expect(await config("persistent")).toContain(value);
        },
        minutes(6),
      );

      test(
        "not at all, when it is a dry run",
        async () => {
          const before = await everything();
          const value = fresh();
          const { code, stdout, stderr } = await patch(client, sysctl(value), "--dry-run");
          expect(code).toBe(0);
          const said = stdout + stderr;
          expect(said).toContain("Applied configuration without a reboot (skipped in dry-run).");
          expect(said).toContain(`+        net.ipv4.ip_local_port_range: ${value}\n`);
          expect(said).toContain(`machine.sysctls["net.ipv4.ip_local_port_range"]: ${before[3]} → ${value} (live)`);
          expect(await everything()).toEqual(before);
        },
        minutes(6),
      );

      test(
        "not at once, when it needs a reboot, and not by a reboot, since this is a container",
        async () => {
          const before = await everything();
          const text = JSON.stringify({ machine: { token: "aaaaaa.bbbbbbbbbbbbbbbb" } });
          const refused = await patch(client, text, "--mode", "no-reboot");
          expect(refused.code).not.toBe(0);
          expect(refused.stderr).toContain("this config change can't be applied in immediate mode");
          expect(refused.stderr).toContain("machine.token needs a reboot");
          expect(refused.stderr).not.toContain("aaaaaa");
          const impossible = await patch(client, text);
          expect(impossible.code).not.toBe(0);
          expect(impossible.stderr).toContain("a container is restarted by whoever runs it");
          expect(await everything()).toEqual(before);
        },
        minutes(6),
      );

      test(
        "for a while, and then no longer",
        async () => {
          const before = await everything();
          const value = fresh();
          const trying = patch(client, sysctl(value), "--mode", "try", "--timeout", "10s");
          await eventually(inForce, (now) => now === value, { intervalMs: 50 });
          expect(await saved()).toBe(before[2] ?? "");
          expect((await trying).stderr).toContain("will be automatically reverted back in 10s");
          await eventually(inForce, (now) => now === before[3]);
          const [, persistent, file] = await everything();
          expect([persistent, file]).toEqual(before.slice(1, 3));
        },
        minutes(6),
      );

      test(
        "for good, when what is tried is applied again",
        async () => {
          const value = fresh();
          await patch(client, sysctl(value), "--mode", "try", "--timeout", "10m");
          expect(await saved()).not.toContain(value);
          expect((await patch(client, sysctl(value), "--mode", "no-reboot")).code).toBe(0);
          expect(await saved()).toContain(value);
          await eventually(inForce, (now) => now === value);
        },
        minutes(6),
      );

      test(
        "by the next boot",
        async () => {
          const before = await everything();
          const value = fresh();
          const { stderr } = await patch(client, sysctl(value), "--mode", "staged");
          expect(stderr).toContain("Staged configuration to be applied after the next reboot");
          const [active, persistent, file, ports] = await everything();
          expect([active, ports]).toEqual([before[0], before[3]]);
          expect(persistent).toContain(value);
          expect(file).toContain(value);
        },
        minutes(6),
      );

      test(
        "by an editor",
        async () => {
          const value = fresh();
          const editor = `sed -i 's/ip_local_port_range: .*/ip_local_port_range: ${value}/'`;
          const { code } = await talosctl(client, ["edit", "machineconfig"], { EDITOR: editor });
          expect(code).toBe(0);
          await eventually(inForce, (now) => now === value);
        },
        minutes(6),
      );
    });
  }

  test(
    "and services start anew exactly where that was foretold",
    async () => {
      const text = JSON.stringify({ cluster: { etcd: { extraArgs: { "snapshot-count": "10001" } } } });
      const { stdout, stderr } = await patch("ours", text, "--dry-run");
      expect(stdout + stderr).toContain("unset → 10001 (restart etcd)");
      const before = await servicesOf(api);
      await patch("ours", text);
      const after = await eventually(
        () => servicesOf(api),
        (services) => {
          const since = services.get("etcd")?.history.slice(before.get("etcd")?.history.length);
          return (
            (since?.some((event) => event.startsWith("Running: Started")) ?? false) &&
            services.get("etcd")?.healthy === true
          );
        },
        { timeoutMs: minutes(4) },
      );
      // What a health check says has nothing to do with it.
      const runsOf = (services: typeof before, id: string) =>
        services.get(id)?.history.filter((event) => !event.includes("Health check"));
      for (const id of ["apid", "trustd", "containerd"]) expect(runsOf(after, id)).toEqual(runsOf(before, id) ?? []);
    },
    minutes(8),
  );

  test(
    "never, when it is wrong, and each fault is named with its place",
    async () => {
      const before = await everything();
      const text = (await saved())
        .replace("machine:", "machine:\n    sysctlz: {}")
        .replace("type: controlplane", "type: boss");
      const Mode = proto.ApplyConfigurationRequest.Mode;
      for (const mode of [Mode.REBOOT, Mode.AUTO, Mode.NO_REBOOT, Mode.STAGED, Mode.TRY]) {
        const request = { data: Buffer.from(text), mode };
        const method = "machine.MachineService/ApplyConfiguration";
        const thrown = await api.at(api.nodes[0] ?? "", method, request, { timeoutMs: 60_000 }).catch((error) => error);
        expect(thrown).toMatchObject({ code: Code.invalidArgument });
        expect(thrown.message).toMatch(/^config:\d+:5: machine\.sysctlz: unknown field, did you mean "sysctls"\?$/m);
        expect(thrown.message).toMatch(/^config:\d+:\d+: machine\.type: Cannot use "boss"/m);
      }
      expect(await everything()).toEqual(before);
    },
    minutes(6),
  );
});
