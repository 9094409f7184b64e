import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { NodeState } from "../src/talosctl/cluster/state.ts";
import { bootCluster, run, type TestMachine } from "./machine/machine.ts";
import { eventually } from "./support/eventually.ts";
import { leastOf } from "./support/least-of.ts";
import { reachesPort } from "./support/reaches-port.ts";

/** A cluster that refuses everything but what docs/firewall.md says that it needs. The order matters. */
const describeAsRoot = describe.if(process.getuid?.() === 0 && process.platform === "linux");
const minutes = (count: number) => count * 60_000;
const publicClient = process.env.TALOSCTL_PUBLIC;
const trialMs = 6_000;
const ports = { apid: 50_000, trustd: 50_001, kubernetes: 6_443, etcd: 2_379, kubelet: 10_250, web: 30_080 } as const;

const application = JSON.stringify({
  apiVersion: "v1",
  kind: "List",
  items: [
    {
      ...{ apiVersion: "v1", kind: "Pod", metadata: { name: "web", labels: { app: "web" } } },
      spec: { containers: [{ name: "web", image: "registry.test/http-server:1.0.0" }] },
    },
    {
      ...{ apiVersion: "v1", kind: "Service", metadata: { name: "web" } },
      spec: {
        type: "NodePort",
        selector: { app: "web" },
        ports: [{ port: 80, targetPort: 8080, nodePort: ports.web }],
      },
    },
  ],
});

const blocking = "apiVersion: v1alpha1\nkind: NetworkDefaultActionConfig\ningress: block\n";
const rule = (name: string, port: string | number, protocol: string, ...who: readonly string[]) =>
  `---\napiVersion: v1alpha1\nkind: NetworkRuleConfig\nname: ${name}\n` +
  `portSelector: {ports: ["${port}"], protocol: ${protocol}}\n` +
  `ingress: [${who.map((subnet) => `{subnet: ${subnet}}`).join(", ")}]\n`;

describeAsRoot("a cluster behind firewalls", () => {
  let cluster: TestMachine;
  let controlPlane: NodeState;
  let worker: NodeState;
  /** The host, who administers it. */
  let admin: string;

  beforeAll(async () => {
    cluster = await bootCluster("--provisioner", "container", "--wait-timeout", "10m", "--workers", "1");
    const [first, second] = cluster.nodes;
    if (first === undefined || second === undefined) throw new Error("the cluster has too few machines");
    [controlPlane, worker] = [first, second];
    admin = controlPlane.address.replace(/\d+$/, "1");
    const file = join(cluster.directory, "application.json");
    await Bun.write(file, application);
    await kubectl("apply", "-f", file);
    await kubectl("wait", "pod/web", "--for=condition=Ready", "--timeout=5m");
  }, minutes(20));

  afterAll(() => cluster?.[Symbol.asyncDispose](), minutes(5));

  const kubectl = (...args: string[]) => cluster.kubectl(...args);
  const patch = (node: NodeState, text: string, ...flags: readonly string[]) =>
    cluster.talosctl("-n", node.address, "patch", "machineconfig", "-p", text, ...flags);
  /** What answers on a machine, asked from the network of the other or, by default, from the host. */
  const open = async (node: NodeState, from?: NodeState) => {
    const tried = Object.entries(ports).map(async ([name, port]) =>
      (await reachesPort(node.address, port, from === undefined ? undefined : `machined-${from.name}`)) ? [name] : [],
    );
    return (await Promise.all(tried)).flat();
  };
  /** A machine that has much to do may miss one of the calls. */
  const untilOpen = (expected: readonly string[], node: NodeState, from?: NodeState) =>
    eventually(
      () => open(node, from),
      (names) => Bun.deepEquals(names, expected),
    );
  const web = async (node: NodeState) => {
    const signal = AbortSignal.timeout(10_000);
    return await (await fetch(`http://${node.address}:${ports.web}/`, { signal, keepalive: false })).text();
  };

  test("is open to everybody before", async () => {
    // The proxies learn of a service in their own time.
    await untilOpen(Object.keys(ports), controlPlane, worker);
    expect(await cluster.ask("get", "nftableschains")).not.toContain("NfTablesChain");
  });

  test(
    "lets in those whom its rules name, and nobody else",
    async () => {
      const nodes = [controlPlane, worker].map(({ address }) => `${address}/32`);
      const everywhere =
        // The control plane's passes on what is for the worker.
        rule("apid", ports.apid, "tcp", `${admin}/32`, `${controlPlane.address}/32`) +
        rule("kubelet", ports.kubelet, "tcp", ...nodes) +
        rule("vxlan", 4_789, "udp", ...nodes) +
        rule("web", ports.web, "tcp", `${admin}/32`);
      const onControlPlane =
        rule("kubernetes", ports.kubernetes, "tcp", `${admin}/32`, ...nodes, "10.244.0.0/16") +
        rule("trustd", ports.trustd, "tcp", ...nodes) +
        rule("etcd", "2379-2380", "tcp", `${controlPlane.address}/32`);
      expect(await patch(controlPlane, blocking + everywhere + onControlPlane)).toMatchObject({ code: 0 });
      expect(await patch(worker, blocking + everywhere)).toMatchObject({ code: 0 });

      await untilOpen(["apid", "kubernetes", "web"], controlPlane);
      await untilOpen(["trustd", "kubernetes", "kubelet"], controlPlane, worker);
      await untilOpen(["apid", "web"], worker);
      await untilOpen(["apid", "kubelet"], worker, controlPlane);
    },
    minutes(9),
  );

  test(
    "goes on being a cluster",
    async () => {
      // From one machine to a pod on the other, through the tunnel between them.
      for (const node of [controlPlane, worker]) {
        expect(await eventually(() => web(node), Boolean)).toContain("pod: web");
      }
      expect(await kubectl("exec", "web", "--", "/http-server", "-version")).toContain("1.0.0");
      // Pods that come now meet the rules, on either machine.
      await kubectl("-n", "kube-system", "rollout", "restart", "deployment/coredns");
      await kubectl("-n", "kube-system", "rollout", "status", "deployment/coredns", "--timeout=6m");
      expect(await cluster.talosctl("-n", controlPlane.address, "health", "--wait-timeout", "6m")).toMatchObject({
        code: 0,
      });
    },
    minutes(20),
  );

  test("shows its chains, to both clients alike", async () => {
    const table = await cluster.ask("get", "nftableschains");
    const lines = ["ingress", "prerouting"].map((id) => new RegExp(`network +NfTablesChain +${id} +\\d+ +filter`));
    for (const line of lines) expect(table).toMatch(line);
    if (publicClient === undefined) return;
    const theirs = [publicClient, "--talosconfig", join(cluster.directory, "talosconfig"), "get", "nftableschains"];
    for (const format of ["table", "yaml", "json"])
      await eventually(
        async () => [
          (await run([...theirs, "-o", format])).stdout,
          await cluster.ask("get", "nftableschains", "-o", format),
        ],
        ([shown, ours]) => shown === ours && ours !== "",
      );
  });

  test("refuses rules that make no sense, and keeps those it has", async () => {
    const { code, stderr } = await patch(controlPlane, rule("apid", ports.apid, "tcp", "10.0.0.0/33"));
    expect(code).not.toBe(0);
    expect(stderr).toContain("10.0.0.0/33");
    await untilOpen(["apid", "kubernetes", "web"], controlPlane);
  });

  test(
    "comes back by itself when a rule that is tried locks everybody out",
    async () => {
      const flags = ["--mode", "try", "--timeout", `${trialMs}ms`];
      const isOpen = () => reachesPort(controlPlane.address, ports.apid);
      const trial = async () => {
        const beganAt = performance.now();
        const tried = patch(controlPlane, rule("apid", ports.apid, "tcp", "203.0.113.0/24"), ...flags);
        await eventually(isOpen, (is) => !is, { timeoutMs: 60_000, intervalMs: 50 });
        const closedAt = performance.now();
        await eventually(isOpen, (is) => is, { timeoutMs: trialMs + 60_000, intervalMs: 50 });
        const openAt = performance.now();
        // The trial begins after its command, and before anybody finds the port closed.
        expect(openAt - beganAt).toBeGreaterThan(trialMs);
        // Its connection was there before the rule.
        expect(await tried).toMatchObject({ code: 0 });
        return openAt - closedAt;
      };
      const limitMs = trialMs + 5_000;
      expect(await leastOf(limitMs, trial)).toBeLessThan(limitMs);
    },
    minutes(7),
  );
});
