import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { bootCluster, run, type TestMachine } from "./machine/machine.ts";
import { eventually } from "./support/eventually.ts";

const describeAsRoot = describe.if(process.getuid?.() === 0 && process.platform === "linux");
const minutes = (count: number) => count * 60_000;
const publicTalosctl = process.env.TALOSCTL_PUBLIC;

const nodePort = 30_080;
/** Three pods that say who they are, one address for all. */
const application = JSON.stringify({
  apiVersion: "v1",
  kind: "List",
  items: [
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web" },
      spec: {
        replicas: 3,
        selector: { matchLabels: { app: "web" } },
        template: {
          metadata: { labels: { app: "web" } },
          spec: {
            securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
            containers: [
              {
                name: "web",
                image: "registry.test/http-server:1.0.0",
                securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web" },
      spec: { type: "NodePort", selector: { app: "web" }, ports: [{ port: 80, targetPort: 8080, nodePort }] },
    },
  ],
});

/** A cluster as people make one, on this host's kernel. The order matters. */
describeAsRoot("a cluster with a worker", () => {
  const flags = ["--provisioner", "container", "--wait-timeout", "10m"];
  let cluster: TestMachine;

  beforeAll(async () => {
    cluster = await bootCluster(...flags, "--workers", "1");
  }, minutes(12));

  afterAll(() => cluster?.[Symbol.asyncDispose](), minutes(5));

  const kubectl = (...args: string[]) => cluster.kubectl(...args);
  const readiness = async () =>
    Object.fromEntries(
      (await kubectl("get", "nodes", "--no-headers")).split("\n").map((line) => line.split(/\s+/).slice(0, 2)),
    );
  /** A kubelet that a busy host held up may be taken for lost, for a moment. */
  const untilReady = (count: number) =>
    eventually(readiness, (nodes) => Bun.deepEquals(Object.values(nodes), Array(count).fill("Ready")));
  const addresses = () => cluster.nodes.map(({ address }) => address);
  /** Name of the pod that answers at a node's port. */
  const ask = async (address: string) => {
    const reply = await fetch(`http://${address}:${nodePort}/`, {
      signal: AbortSignal.timeout(10_000),
      keepalive: false,
    });
    return /^pod: (\S+)$/m.exec(await reply.text())?.[1] ?? "";
  };

  test("is ready, and says what to type to see it", async () => {
    expect(cluster.created.stdout).toMatch(/kubectl --kubeconfig \S+\/kubeconfig get nodes\n/);
    expect(Object.keys(await untilReady(2)).toSorted()).toEqual(cluster.nodes.map(({ name }) => name).toSorted());
    const labels = await kubectl("get", "nodes", "-o", "jsonpath={.items[*].metadata.labels}");
    expect(labels.match(/"node-role.kubernetes.io\/control-plane"/g)).toHaveLength(1);
  });

  test(
    "is healthy to every client",
    async () => {
      const [controlPlane = ""] = addresses();
      const talosconfig = join(cluster.directory, "talosconfig");
      const others = publicTalosctl === undefined ? [] : [[publicTalosctl, "--talosconfig", talosconfig]];
      for (const client of [...others, []]) {
        const args = ["-n", controlPlane, "health", "--wait-timeout", "5m"];
        const { code, stderr } = client.length > 0 ? await run([...client, ...args]) : await cluster.talosctl(...args);
        expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
      }
    },
    minutes(11),
  );

  test(
    "runs pods on its worker, whose service answers at every machine",
    async () => {
      const file = join(cluster.directory, "application.json");
      await Bun.write(file, application);
      await kubectl("apply", "-f", file);
      await kubectl("rollout", "status", "deployment/web", "--timeout=5m");
      const pods = (await kubectl("get", "pods", "-l", "app=web", "-o", "name")).split("\n");
      const names = pods.map((name) => name.replace("pod/", ""));
      const where = await kubectl("get", "pods", "-l", "app=web", "-o", "jsonpath={.items[*].spec.nodeName}");
      expect(new Set(where.split(" "))).toEqual(new Set([cluster.nodes[1]?.name ?? ""]));
      // Proxies hear of pods from Kubernetes: each in its own time.
      for (const address of addresses()) {
        const answered = new Set<string>();
        await eventually(
          async () => answered.add(await ask(address)),
          ({ size }) => size === 3,
          { intervalMs: 20 },
        );
        expect([...answered].toSorted()).toEqual(names.toSorted());
      }
    },
    minutes(12),
  );

  test(
    "lets the control plane reach its worker's kubelet",
    async () => {
      const [pod = ""] = (await kubectl("get", "pods", "-l", "app=web", "-o", "name")).split("\n");
      expect(await kubectl("exec", pod, "--", "/http-server", "-version")).toContain("1.0.0");
      await kubectl("logs", pod, "--tail", "5");
    },
    minutes(6),
  );

  test(
    "grows by a worker when asked",
    async () => {
      const output = join(cluster.directory, "../..");
      const created = await cluster.cluster("create", "--output-directory", output, ...flags, "--workers", "2");
      expect({ code: created.code, stderr: created.code === 0 ? "" : created.stderr }).toEqual({ code: 0, stderr: "" });
      expect(created.stdout).toContain("-worker-2");
      await untilReady(3);
    },
    minutes(12),
  );

  test(
    "has its pods back after its worker has died",
    async () => {
      const worker = cluster.nodes[1];
      process.kill(worker?.process.pid ?? -1, "SIGKILL");
      await eventually(
        () => cluster.cluster("show"),
        ({ stdout }) => /-worker-1 +stopped/.test(stdout),
        { intervalMs: 50 },
      );
      const output = join(cluster.directory, "../..");
      expect(await cluster.cluster("create", "--output-directory", output, ...flags)).toMatchObject({ code: 0 });
      await kubectl("rollout", "status", "deployment/web", "--timeout=5m");
      const answer = () => ask(worker?.address ?? "");
      expect(await eventually(answer, (name) => name !== "", { intervalMs: 50 })).toStartWith("web-");
    },
    minutes(16),
  );
});
