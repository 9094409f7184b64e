import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Notice } from "../src/async/notice.ts";
import { KubeClient } from "../src/kube/client.ts";
import { accessOf } from "../src/kube/kubeconfig.ts";
import { PcapReader } from "../src/net/pcap/reader.ts";
import { VirtualScreen } from "../src/talosctl/dashboard/testing/virtual-screen.ts";
import { bootCluster, run, type TestMachine } from "./machine/machine.ts";
import { eventually } from "./support/eventually.ts";

const describeAsRoot = describe.if(process.getuid?.() === 0 && process.platform === "linux");
const minutes = (count: number) => count * 60_000;
const image = "registry.test/http-server:1.0.0";
/** Needs its binary: `TALOSCTL_PUBLIC=/path/to/talosctl`. */
const publicClient = process.env.TALOSCTL_PUBLIC ?? "";

/** What `tcpdump -dd -y EN10MB 'ip and tcp src port 2379'` prints: what etcd answers. */
const ofEtcd = `
{ 0x28, 0, 0, 0x0000000c },
{ 0x15, 0, 8, 0x00000800 },
{ 0x30, 0, 0, 0x00000017 },
{ 0x15, 0, 6, 0x00000006 },
{ 0x28, 0, 0, 0x00000014 },
{ 0x45, 4, 0, 0x00001fff },
{ 0xb1, 0, 0, 0x0000000e },
{ 0x48, 0, 0, 0x0000000e },
{ 0x15, 0, 1, 0x0000094b },
{ 0x6, 0, 0, 0x00040000 },
{ 0x6, 0, 0, 0x00000000 },
`;

/** A cluster as it is seen without kubectl: by the machines' own API. */
describeAsRoot("a control plane and a worker", () => {
  let machine: TestMachine;
  let worker: string;

  beforeAll(async () => {
    machine = await bootCluster("--provisioner", "container", "--workers", "1", "--wait-timeout", "10m");
    worker = machine.nodes[1]?.address ?? "";
  }, minutes(12));

  afterAll(() => machine?.[Symbol.asyncDispose](), minutes(5));

  /** Of one machine, by default the control plane. */
  const askAt = (node: string, ...args: string[]) => machine.ask("-n", node, ...args);
  const ask = (...args: string[]) => askAt(machine.apiHost, ...args);
  const containers = async (node = machine.apiHost) => {
    const [, ...rows] = (await askAt(node, "containers", "-k")).trimEnd().split("\n");
    return rows.map((row) => {
      const [, , id = "", , pid, status = ""] = row.replace("└─ ", "").split(/ {2,}/);
      return { id, pid: Number(pid), status };
    });
  };
  /** The cluster's DNS runs where there was room first. */
  const resolver = async () => {
    for (const node of [machine.apiHost, worker]) {
      const name = (await containers(node)).map(({ id }) => id).find((id) => /^kube-system\/coredns-[^:]*$/.test(id));
      if (name !== undefined) return { node, name };
    }
    throw new Error("there is no coredns");
  };
  const isReady = ({ status }: { status: string }) => status === "SANDBOX_READY";
  const isRunning = ({ status }: { status: string }) => status === "CONTAINER_RUNNING";
  const scheduler = async () => (await containers()).filter(({ id }) => /:kube-scheduler:/.test(id));

  test(
    "are healthy, whoever looks",
    async () => {
      const flags = ["--wait-timeout", "6m"];
      for (const where of [["--server"], ["--server=false"]]) {
        const { code, stderr } = await machine.talosctl("-n", machine.apiHost, "health", ...where, ...flags);
        expect(code).toBe(0);
        expect(stderr.match(/✓ /g)).toHaveLength(16);
        expect(stderr).toContain("✓ all k8s nodes to report schedulable");
      }
    },
    minutes(14),
  );

  test(
    "of which the worker cannot tell how the others are",
    async () => {
      const { code, stderr } = await machine.talosctl("-n", worker, "health", "--wait-timeout", "10s");
      expect(code).toBe(1);
      expect(stderr).toContain("through control plane nodes only");
    },
    minutes(5),
  );

  test(
    "give an administrator access to Kubernetes",
    async () => {
      const path = join(machine.directory, "mine");
      await ask("kubeconfig", path, "--force-context-name", "mine");
      using client = new KubeClient(accessOf(await readFile(path, "utf8"), { context: "mine" }));
      const { items } = await eventually(
        () => client.list("/api/v1/nodes"),
        () => true,
      );
      expect(items.map(({ metadata }) => metadata?.name).toSorted()).toEqual(machine.nodes.map(({ name }) => name));
      const refusal = await machine.talosctl("-n", worker, "kubeconfig", "-");
      expect(refusal.stderr).toContain("kubeconfig is only available on control plane nodes");
    },
    minutes(5),
  );

  test(
    "show pods, their logs and what they use",
    async () => {
      const isPod = ({ id }: { id: string }) => !id.includes(":");
      // A pod that could not begin at first has left something behind for a while.
      const rows = await eventually(containers, (all) => all.filter(isPod).every(isReady));
      const pods = rows.filter(isPod);
      expect(pods.map(({ id }) => id)).toContain(`kube-system/kube-apiserver-${machine.name}`);
      for (const pod of pods) expect(pod).toMatchObject({ status: "SANDBOX_READY", pid: expect.any(Number) });
      const running = rows.filter(isRunning);
      expect(running.length).toBeGreaterThanOrEqual(5);
      // Those that begin and end meanwhile are in one of two looks.
      await eventually(
        async () => {
          const usage = await ask("stats", "-k");
          return (await containers()).filter(({ id, status }) => isRunning({ status }) && !usage.includes(id));
        },
        (unmeasured) => unmeasured.length === 0,
      );
      const named = `kube-system/kube-apiserver-${machine.name}:kube-apiserver`;
      const lines = (await ask("logs", "-k", named, "--tail", "3")).trimEnd().split("\n");
      expect(lines).toHaveLength(3);
      for (const line of lines) expect(line).toMatch(/^\S+: \d{4}-\d\d-\d\dT\S+Z std(?:out|err) [FP] /);
      const { code, stderr } = await machine.talosctl(
        "-n",
        machine.apiHost,
        "logs",
        "-k",
        "kube-system/kube-apiserver",
      );
      expect(code).toBe(1);
      expect(stderr).toContain(`did you mean "kube-system/kube-apiserver-${machine.name}"?`);
    },
    minutes(5),
  );

  test(
    "start a container again that is told to end",
    async () => {
      const before = await scheduler();
      await ask("restart", "-k", `kube-system/kube-scheduler-${machine.name}:kube-scheduler`);
      const isNew = ({ id, status }: { id: string; status: string }) =>
        isRunning({ status }) && !before.some((old) => old.id === id);
      await eventually(scheduler, (rows) => rows.filter(isNew).length === 1, { timeoutMs: minutes(5) });
    },
    minutes(6),
  );

  test(
    "fetch an image when they are asked to",
    async () => {
      const both = ["-n", `${machine.apiHost},${worker}`];
      await machine.ask(...both, "image", "pull", image);
      const listed = await machine.ask(...both, "image", "list");
      expect(listed.split("\n").filter((line) => line.includes(` ${image} `))).toHaveLength(2);
      expect(await ask("image", "list", "--namespace", "system")).not.toContain(image);
      expect(await ask("image", "list", "--namespace", "system")).toContain("/kubelet:");
      const { code, stderr } = await machine.talosctl(...both, "image", "pull", "registry.test/nothing:1");
      expect(code).toBe(1);
      expect(stderr).toContain("error pulling image");
    },
    minutes(5),
  );

  test(
    "live on a dashboard, in a terminal",
    async () => {
      const screen = new VirtualScreen(110, 30);
      const painted = new Notice();
      const decoder = new TextDecoder();
      const until = async (text: string) => {
        while (!screen.lines().some((line) => line.includes(text))) await painted.next();
      };
      const argv = [join(machine.directory, "../..", "talosctl"), "dashboard", "-d", "1s"];
      const dashboard = Bun.spawn([...argv, "--talosconfig", join(machine.directory, "talosconfig")], {
        terminal: {
          cols: screen.columns,
          rows: screen.rows,
          data(_, bytes) {
            screen.write(decoder.decode(bytes, { stream: true }));
            painted.post();
          },
        },
      });
      for (const text of [`${machine.name} (${machine.apiHost})`, "● etcd", "kube-apiserver"]) await until(text);
      expect(screen.isAlternate).toBe(true);
      dashboard.terminal?.write("\u001b[C");
      await until(`${machine.nodes[1]?.name} (${worker})`);
      dashboard.terminal?.write("q");
      expect(await dashboard.exited).toBe(0);
      expect(screen.isAlternate).toBe(false);
    },
    minutes(5),
  );

  test(
    "show who listens, and what pods are connected to",
    async () => {
      expect(await ask("netstat", "-l", "-t", "-p")).toMatch(/ tcp6? .*:50000 +\S+:\* +LISTEN +\d+\/\S+\n/);
      const { node, name } = await resolver();
      expect(await askAt(node, "netstat", "-a", "-k")).toMatch(new RegExp(`:53 .* ${name}\\n`));
      const [, ...own] = (await askAt(node, "netstat", "-a", "-p", name)).trimEnd().split("\n");
      expect(own.some((row) => /:53 .*\/coredns$/.test(row))).toBe(true);
      expect(own.some((row) => row.includes(":50000 "))).toBe(false);
    },
    minutes(5),
  );

  test(
    "show packets as they pass, and as a capture file",
    async () => {
      const lines = await ask("pcap", "-i", "lo", "--duration", "5s", "--bpf-filter", ofEtcd);
      expect(lines).toMatch(/^20\S+Z IP \S+\.2379 > \S+: TCP \[\S+\], seq .*\(\d+ bytes\)$/m);
      const path = join(machine.directory, "eth0.pcap");
      let isOver = false;
      const captured = ask("pcap", "-i", "eth0", "-s", "60", "--duration", "2s", "-o", path).finally(() => {
        isOver = true;
      });
      // Each question comes by that card.
      while (!isOver) await ask("version");
      await captured;
      const packets = new PcapReader().push(await readFile(path));
      expect(packets.length).toBeGreaterThan(0);
      for (const { bytes } of packets) expect(bytes.length).toBeLessThanOrEqual(60);
    },
    minutes(5),
  );

  describe.if(publicClient !== "")("before the public client", () => {
    const theirs = async (...args: string[]) => {
      const talosconfig = join(machine.directory, "talosconfig");
      return await run([publicClient, "--talosconfig", talosconfig, "-n", machine.apiHost, ...args]);
    };

    test(
      "are healthy, by all its conditions",
      async () => {
        const nodes = ["--control-plane-nodes", machine.apiHost, "--worker-nodes", worker];
        for (const where of [["--server"], ["--server=false", ...nodes]]) {
          const { code, stderr } = await theirs("health", "--wait-timeout", "5m", ...where);
          expect({ code, stderr }).toMatchObject({ code: 0 });
          expect(stderr.match(/: OK$/gm)).toHaveLength(16);
        }
      },
      minutes(12),
    );

    test(
      "show the same sockets and packets",
      async () => {
        for (const flags of [["-l"], ["-l", "-x", "-p", "-v"], ["-l", "-k", "-t"]]) {
          // Programs come and go between two looks.
          await eventually(
            async () => {
              const looks = [await ask("netstat", ...flags), (await theirs("netstat", ...flags)).stdout];
              return looks.map((text) => text.split("\n").toSorted());
            },
            ([ours = [], others]) => ours.length > 1 && Bun.deepEquals(ours, others),
          );
        }
        const { code, stdout, stderr } = await theirs("pcap", "-i", "lo", "--duration", "5s", "--bpf-filter", ofEtcd);
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
        expect(stdout).toMatch(/^PACKET: \d+ bytes.*\n- Layer 1 .* = Ethernet/m);
      },
      minutes(5),
    );

    test(
      "show the same containers, images and resources",
      async () => {
        const [, ...definitions] = (await ask("get", "rd")).trimEnd().split("\n");
        const types = definitions.map((row) => row.split(/ +/)[3] ?? "");
        expect(types.length).toBeGreaterThan(100);
        const views = [["containers", "-k"], ["image", "list"], ...types.map((type) => ["get", type])];
        for (const view of views) {
          // What lives changes between two looks.
          const differing = async () => {
            const [ours, others] = [await ask(...view), (await theirs(...view)).stdout].map((text) => text.split("\n"));
            return (ours ?? []).filter((line, index) => line !== others?.[index]);
          };
          expect(await eventually(differing, (lines) => lines.length === 0)).toEqual([]);
        }
      },
      minutes(20),
    );
  });
});
