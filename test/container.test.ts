import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "../src/talosctl/client/client.ts";
import { identify } from "../src/talosctl/cluster/host-process.ts";
import { listNames, openApi, servicesOf } from "./machine/api.ts";
import { startCollector } from "./machine/collector.ts";
import { bootMachine, run, type TestMachine } from "./machine/machine.ts";
import { prepareStage } from "./machine/stage.ts";
import { eventually } from "./support/eventually.ts";

/** The machine as a container on this host's kernel: what does not need a kernel of its own, at native speed. */
const describeAsRoot = describe.if(process.getuid?.() === 0 && process.platform === "linux");
const minutes = (count: number) => count * 60_000;

describeAsRoot("a container", () => {
  const flags = ["--provisioner", "container", "--wait-timeout", "8m"];
  let machine: TestMachine;
  let api: Client;

  beforeAll(async () => {
    machine = await bootMachine(...flags);
    api = await openApi(join(machine.directory, "talosconfig"));
  }, minutes(10));

  afterAll(async () => {
    api?.[Symbol.dispose]();
    await machine?.[Symbol.asyncDispose]();
  }, minutes(5));

  test(
    "runs its services, and says which it leaves out",
    async () => {
      const leftOut = machine.created.stdout.includes("kubelet is left out:");
      const wanted = ["apid", "containerd", "etcd", "trustd", ...(leftOut ? [] : ["kubelet"])];
      const services = await eventually(
        () => servicesOf(api),
        (found) => wanted.every((id) => found.get(id)?.state === "Running" && found.get(id)?.healthy),
      );
      expect(services.get("kubelet")?.healthy ?? false).toBe(!leftOut);
    },
    minutes(4),
  );

  test(
    "has its own process table, and PID 1 is machined",
    async () => {
      const pids = (await listNames(api, "/proc")).filter((name) => /^\d+$/.test(name));
      expect(pids).toContain("1");
      expect(pids).not.toContain(String(process.pid));
      expect(await machine.ask("read", "/proc/1/cmdline")).toContain("init");
    },
    minutes(3),
  );

  test(
    "has its own network",
    async () => {
      expect(await machine.ask("get", "addresses")).toContain(`${machine.apiHost}/24`);
    },
    minutes(3),
  );

  test(
    "makes a client configuration that can do less",
    async () => {
      const path = join(machine.directory, "reader.talosconfig");
      await machine.ask("config", "new", "--roles", "os:reader", "--crt-ttl", "1h", path);
      const asReader = (...args: string[]) =>
        machine.talosctl("--talosconfig", path, "-e", machine.apiHost, "-n", machine.apiHost, ...args);
      expect((await asReader("config", "info")).stdout).toMatch(/Current context:\s+reader@/);
      expect(await asReader("get", "timestatus")).toMatchObject({ code: 0 });
      const { code, stderr } = await asReader("read", "/etc/hosts");
      expect(code).not.toBe(0);
      expect(stderr).toContain("your certificate has the role os:reader");
    },
    minutes(3),
  );

  test(
    "sends its services' logs where a changed configuration says, with certificates for another name",
    async () => {
      await using collector = await startCollector();
      const host = machine.apiHost.replace(/\d+$/, "1");
      const destination = {
        endpoint: `tcp://${host}:${collector.port}`,
        format: "json_lines",
        extraTags: { test: "container" },
      };
      // apid says that it has taken the new certificates.
      const patch = { machine: { certSANs: ["other.example.org"], logging: { destinations: [destination] } } };
      await machine.ask("patch", "machineconfig", "--mode", "no-reboot", "--patch", JSON.stringify(patch));
      const renewed = await eventually(
        async () => collector.received.find((line) => line.msg === "certificates renewed"),
        (line) => line !== undefined,
        { timeoutMs: minutes(4), intervalMs: 50 },
      );
      expect(renewed).toMatchObject({ "talos-service": "apid", "talos-level": "info", test: "container" });
      expect(await machine.ask("get", "certsans", "api", "-o", "yaml")).toContain("other.example.org");
    },
    minutes(6),
  );

  test(
    "leaves the host's kernel alone: it neither reboots nor shuts down",
    async () => {
      const { code, stderr } = await machine.talosctl("reboot", "--wait=false");
      expect(code).not.toBe(0);
      expect(stderr).toContain("not supported in container mode");
    },
    minutes(3),
  );

  test(
    "starts again with the config and the identity that it had",
    async () => {
      const identity = await machine.ask("get", "identities", "local", "-o", "yaml");
      const nodeId = /nodeId: (\S+)/.exec(identity)?.[1] ?? "none";
      process.kill(machine.pid, "SIGKILL");
      await eventually(
        () => identify(machine.pid),
        (found) => found === undefined,
        { intervalMs: 20 },
      );
      const output = join(machine.directory, "../..");
      expect(await machine.cluster("create", "--output-directory", output, ...flags)).toMatchObject({ code: 0 });
      // What was patched above is nowhere but with the machine.
      expect(await machine.ask("get", "machineconfig", "v1alpha1", "-o", "yaml")).toContain("other.example.org");
      expect(await machine.ask("get", "identities", "local", "-o", "yaml")).toContain(nodeId);
    },
    minutes(12),
  );

  test(
    "goes with everything that it made",
    async () => {
      expect(await machine.cluster("destroy")).toMatchObject({ code: 0 });
      expect(await identify(machine.pid)).toBeUndefined();
      const namespaces = Bun.spawn(["ip", "netns", "list"], { stdout: "pipe" });
      expect(await namespaces.stdout.text()).not.toContain(`machined-test-${process.pid}`);
      expect(await Bun.file(join(machine.directory, "state.json")).exists()).toBe(false);
    },
    minutes(3),
  );
});

/** In a view of the host's files that nobody else has, since what it hides is the host's. */
const withoutVersion1 = `set -eu
umount --recursive --lazy /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
talosctl=$1 state=$2 output=$3 name=$4; shift 4
trap '"$talosctl" cluster destroy --force --name "$name" --state "$state"' EXIT
"$talosctl" cluster create --name "$name" --state "$state" --output-directory "$output" "$@"
export TALOSCONFIG=$state/$name/talosconfig
"$talosctl" services
"$talosctl" service kubelet
"$talosctl" read /proc/self/mounts
`;

/** Those of these controllers that this host's kernel keeps away from version 2. */
async function controllersOfVersion1(...names: readonly string[]): Promise<string[]> {
  const rows = (await readFile("/proc/cgroups", "utf8")).split("\n").map((line) => line.split("\t"));
  return names.filter((name) => rows.some(([found, hierarchy]) => found === name && hierarchy !== "0"));
}

describeAsRoot("a container on a host that has left version 1 of control groups", () => {
  test(
    "runs its services in groups of version 2, and says what they lack for a kubelet",
    async () => {
      await using stage = await prepareStage();
      const flags = ["--provisioner", "container", "--skip-k8s-node-readiness-check", "--wait-timeout", "8m"];
      const places = [join(stage.output, "talosctl"), stage.clusters, stage.output, `unified-${process.pid}`];
      const shell = ["unshare", "--mount", "sh", "-c", withoutVersion1, "sh"];
      const { code, stdout, stderr } = await run([...shell, ...places, ...flags]);
      expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
      const lacking = await controllersOfVersion1("cpu", "cpuset", "memory", "pids");
      if (lacking.length === 0) expect(stdout).not.toContain("kubelet is left out");
      else {
        expect(stdout).toContain(`kubelet is left out: this host's cgroup2 has no ${lacking.join(", ")}`);
        // The machine says it, too, instead of starting one in vain.
        expect(stdout).toMatch(new RegExp(`Cannot run a kubelet: .* have no ${lacking.join(", ")}\\. Boot the host`));
      }
      for (const id of ["apid", "containerd", "etcd", "trustd"])
        expect(stdout).toMatch(new RegExp(` ${id} +Running +OK`));
      expect(stdout.match(/^cgroup\S* \S+ \S+/gm)).toEqual(["cgroup2 /sys/fs/cgroup cgroup2"]);
    },
    minutes(10),
  );
});
