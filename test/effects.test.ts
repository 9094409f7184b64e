import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { machine as proto } from "../src/proto/index.ts";
import type { Client } from "../src/talosctl/client/client.ts";
import { listNames, openApi, readText, servicesOf } from "./machine/api.ts";
import { bootMachine, type TestMachine } from "./machine/machine.ts";
import { eventually } from "./support/eventually.ts";

const minutes = (count: number) => count * 60_000;
const isRoot = process.getuid?.() === 0 && process.platform === "linux";
const provisioners = [...(isRoot ? ["container"] : []), "qemu"];

const finTimeout = "/proc/sys/net/ipv4/tcp_fin_timeout";
const everyService = ["apid", "containerd", "etcd", "kubelet", "trustd"];
/** What the machine has from its first boot on. */
const first = {
  machine: {
    env: { MACHINED_TEST: "seen", no_proxy: "example.org" },
    files: [
      { path: "/var/lib/extra/made", op: "create", content: "made\n", permissions: 0o640 },
      { path: "/etc/hosts", op: "append", content: "192.0.2.1 added\n", permissions: 0o644 },
      { path: "/etc/new", op: "create", content: "", permissions: 0o644 },
      {
        path: "/etc/cri/conf.d/20-customization.part",
        op: "create",
        content: '[plugins."io.containerd.grpc.v1.cri"]\nenable_unprivileged_ports = true\n',
        permissions: 0o644,
      },
    ],
    kernel: { modules: [{ name: "ip_vs_rr" }, { name: "ip_vs_nonsense" }, { name: "softdog" }] },
  },
};

/** What the configuration says about the running system, seen in the running system. */
describe.each(provisioners)("the configuration of a machine (%s)", (provisioner) => {
  const hasKernel = provisioner === "qemu";
  let machine: TestMachine;
  let api: Client;

  beforeAll(async () => {
    // A file that cannot be written is a diagnosis, and no cluster with one counts as ready.
    const flags = ["--config-patch", JSON.stringify(first), "--wait=false"];
    machine = await bootMachine("--provisioner", provisioner, ...flags);
    api = await openApi(join(machine.directory, "talosconfig"));
    await eventually(
      () => servicesOf(api),
      (services) => everyService.every((id) => services.get(id)?.healthy),
      { timeoutMs: minutes(hasKernel ? 16 : 8) },
    );
  }, minutes(20));

  afterAll(async () => {
    api?.[Symbol.dispose]();
    await machine?.[Symbol.asyncDispose]();
  }, minutes(5));

  const patience = { timeoutMs: minutes(4), intervalMs: 5 };
  const current = async () => {
    const { spec } = JSON.parse(await machine.ask("get", "machineconfig", "v1alpha1", "-o", "json"));
    return typeof spec === "string" ? spec : JSON.stringify(spec);
  };
  const patch = (fields: object) =>
    machine.ask("patch", "machineconfig", "--mode", "no-reboot", "--patch", JSON.stringify({ machine: fields }));

  test(
    "sets a kernel parameter at once, and gives the former value back",
    async () => {
      const former = await readText(api, finTimeout);
      const without = await current();
      await patch({ sysctls: { "net.ipv4.tcp_fin_timeout": "17" } });
      const untilLive = (wanted: string) =>
        eventually(
          () => readText(api, finTimeout),
          (value) => value === wanted,
          patience,
        );
      await untilLive("17\n");
      const status = () => machine.ask("get", "kernelparamstatus");
      await eventually(status, (text) => /tcp_fin_timeout +\d+ +17 +60 +false/.test(text), patience);
      const changed = await current();
      const mode = proto.ApplyConfigurationRequest.Mode.NO_REBOOT;
      const timeToLive = async (config: string, wanted: string) => {
        const data = new TextEncoder().encode(config);
        const startedMs = performance.now();
        await api.call("machine.MachineService/ApplyConfiguration", { data, mode }, { timeoutMs: 30_000 });
        await untilLive(wanted);
        return performance.now() - startedMs;
      };
      // The host may have something else to do now and then; the machine has not.
      let tookMs = await timeToLive(without, former);
      for (let rounds = 1; !hasKernel && tookMs >= 100 && rounds < 30; rounds += 1) {
        await timeToLive(changed, "17\n");
        tookMs = await timeToLive(without, former);
      }
      console.log(`${provisioner}: a parameter was live ${tookMs.toFixed(0)} ms after its request`);
      if (!hasKernel) expect(tookMs).toBeLessThan(100);
      await eventually(status, (text) => !text.includes("tcp_fin_timeout"), patience);
    },
    minutes(12),
  );

  test(
    "writes files at boot, and tells which it could not",
    async () => {
      expect(await readText(api, "/var/lib/extra/made")).toBe("made\n");
      expect(await readText(api, "/etc/hosts")).toEndWith("\n192.0.2.1 added\n");
      await eventually(
        () => machine.ask("get", "diagnostics", "-o", "yaml"),
        (text) => text.includes("create operation not allowed outside of /var"),
        patience,
      );
      expect(await readText(api, "/etc/cri/containerd.toml")).toContain("enable_unprivileged_ports = true");
    },
    minutes(6),
  );

  test(
    "gives its variables to services",
    async () => {
      expect(await machine.ask("get", "environment", "-o", "yaml")).toContain("MACHINED_TEST=seen");
      for (const program of ["containerd", "etcd"]) {
        const pid = await pidOf(api, program);
        expect(await readText(api, `/proc/${pid}/environ`)).toContain("MACHINED_TEST=seen");
      }
    },
    minutes(6),
  );

  test(
    "restarts containerd for what it reads only when it starts, and containers live on",
    async () => {
      const before = { containerd: await pidOf(api, "containerd"), etcd: await pidOf(api, "etcd") };
      const events = (await servicesOf(api)).get("containerd")?.history.length ?? 0;
      const limit = { type: "RLIMIT_NOFILE", hard: 1_024, soft: 1_024 };
      await patch({ baseRuntimeSpecOverrides: { process: { rlimits: [limit] } } });
      const { since } = await eventually(
        async () => {
          const containerd = (await servicesOf(api)).get("containerd");
          return { healthy: containerd?.healthy === true, since: containerd?.history.slice(events) ?? [] };
        },
        ({ healthy, since }) => healthy && since.some((event) => /started with PID/.test(event)),
        patience,
      );
      expect(since.join()).toContain("Restarting: its configuration has changed");
      expect(since.filter((event) => /started with PID/.test(event))).toHaveLength(1);
      expect(await readText(api, "/etc/cri/conf.d/base-spec.json")).toContain('"hard":1024');
      expect(await pidOf(api, "containerd")).not.toBe(before.containerd);
      expect(await pidOf(api, "etcd")).toBe(before.etcd);
    },
    minutes(12),
  );

  test(
    "shows what controllers do, every pass of theirs with debug",
    async () => {
      expect(await machine.ask("logs", "controller-runtime")).not.toContain("DEBUG");
      await machine.ask("patch", "machineconfig", "--patch", '{"debug": true}');
      await eventually(
        () => machine.ask("logs", "controller-runtime"),
        (text) => /DEBUG reconciled in .*"controller": "runtime\.KernelParamConfigController"/.test(text),
        patience,
      );
      await machine.ask("patch", "machineconfig", "--patch", '{"debug": false}');
    },
    minutes(10),
  );

  test(
    "keeps seccomp profiles where the kubelet looks for them",
    async () => {
      await patch({ seccompProfiles: [{ name: "audit.json", value: { defaultAction: "SCMP_ACT_LOG" } }] });
      const path = "/var/lib/kubelet/seccomp/profiles/audit.json";
      await eventually(
        () => readText(api, path),
        (text) => text === '{"defaultAction":"SCMP_ACT_LOG"}',
        patience,
      );
    },
    minutes(6),
  );

  test.if(hasKernel)(
    "loads modules with what they depend on, and tells of one that the image lacks",
    async () => {
      const modules = () => machine.ask("get", "loadedkernelmodules");
      await eventually(modules, (text) => / ip_vs_rr .*Live/.test(text) && / ip_vs .*Live/.test(text), patience);
      await eventually(
        () => machine.ask("logs", "controller-runtime"),
        (text) => text.includes('Cannot load the kernel module "ip_vs_nonsense": the image has none of this name'),
        patience,
      );
      // What a module brings is set when it comes.
      const bridge = "/proc/sys/net/bridge/bridge-nf-call-iptables";
      await eventually(
        () => machine.ask("get", "kernelparamstatus"),
        (text) => /bridge-nf-call-iptables +\d+ +1 +\d +false/.test(text),
        patience,
      );
      expect(await readText(api, bridge)).toBe("1\n");
    },
    minutes(15),
  );

  test.if(hasKernel)(
    "feeds a watchdog while it is wanted",
    async () => {
      const document = {
        apiVersion: "v1alpha1",
        kind: "WatchdogTimerConfig",
        device: "/dev/watchdog0",
        timeout: "10m",
      };
      const status = () => machine.ask("get", "watchdogtimerstatus");
      await machine.ask("patch", "machineconfig", "--patch", JSON.stringify(document));
      await eventually(status, (text) => /timer +\d+ +\/dev\/watchdog0 +10m0s/.test(text), patience);
      const state = () => readText(api, "/sys/class/watchdog/watchdog0/state");
      expect(await state()).toBe("active\n");
      await machine.ask("patch", "machineconfig", "--patch", JSON.stringify({ ...document, $patch: "delete" }));
      await eventually(state, (text) => text === "inactive\n", patience);
    },
    minutes(12),
  );

  test.if(hasKernel)(
    "has udev go by its rules at once",
    async () => {
      await patch({ udev: { rules: ['KERNEL=="null", SYMLINK+="nothing-at-all"'] } });
      await eventually(
        () => listNames(api, "/dev"),
        (names) => names.includes("nothing-at-all"),
        patience,
      );
    },
    minutes(12),
  );
});

async function pidOf(api: Client, program: string): Promise<number> {
  const replies = await api.call("machine.MachineService/Processes", {}, { timeoutMs: 20_000 });
  const processes = replies.flatMap(({ message }) => message.processes);
  const found = processes.find(({ executable }) => executable.endsWith(`/${program}`));
  if (found === undefined) throw new Error(`there is no process ${program}`);
  return found.pid;
}
