import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { pause } from "../src/async/pause.ts";
import { identify } from "../src/talosctl/cluster/host-process.ts";
import { bootCluster, type TestMachine } from "./machine/machine.ts";
import { eventually } from "./support/eventually.ts";

const describeAsRoot = describe.if(process.getuid?.() === 0 && process.platform === "linux");
const minutes = (count: number) => count * 60_000;

interface Pod {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  /** How long it goes on after it was told to end. */
  readonly lingersSeconds: number;
}

const ordinary: Pod = { name: "ordinary", port: 18_181, priority: 0, lingersSeconds: 3 };
const critical: Pod = { name: "critical", port: 18_282, priority: 2_000_001_000, lingersSeconds: 2 };

const podOf = ({ name, port, priority, lingersSeconds }: Pod) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: "kube-system" },
  spec: {
    hostNetwork: true,
    priority,
    terminationGracePeriodSeconds: 15,
    containers: [
      {
        name: "web",
        image: "registry.test/http-server:1.0.0",
        args: [`--listen=:${port}`],
        lifecycle: { preStop: { sleep: { seconds: lingersSeconds } } },
      },
    ],
  },
});

/** A machine whose kubelet runs two pods by itself, without a control plane. */
describeAsRoot("the end of a machine", () => {
  let machine: TestMachine;

  beforeAll(async () => {
    const patch = JSON.stringify({ machine: { pods: [ordinary, critical].map(podOf) } });
    machine = await bootCluster("--provisioner", "container", "--skip-bootstrap", "--config-patch", patch);
  }, minutes(21));

  afterAll(async () => {
    await machine?.[Symbol.asyncDispose]();
  }, minutes(5));

  /** Whether a pod answers; undefined when it may only have been slow to. */
  const answers = async ({ port }: Pod): Promise<boolean | undefined> =>
    await fetch(`http://${machine.apiHost}:${port}/healthz`, {
      signal: AbortSignal.timeout(2_000),
      keepalive: false,
    }).then(
      ({ ok }) => ok,
      (error: Error) => (error.name === "TimeoutError" ? undefined : false),
    );

  test(
    "waits until the kubelet has ended its pods, those that others need last",
    async () => {
      const patience = { timeoutMs: minutes(6), intervalMs: 100 };
      for (const pod of [ordinary, critical])
        await eventually(
          () => answers(pod),
          (is) => is === true,
          patience,
        );
      const orderedMs = Date.now();
      process.kill(machine.pid, "SIGTERM");
      // A pod ended between its last answer and when it was found gone: a host that is busy asks seldom.
      const lastAnswerMs = new Map<Pod, number>();
      const goneMs = new Map<Pod, number>();
      const look = async (pod: Pod) => {
        const isThere = await answers(pod);
        const nowMs = Date.now() - orderedMs;
        if (isThere) {
          lastAnswerMs.set(pod, nowMs);
          goneMs.delete(pod);
        } else if (isThere === false && !goneMs.has(pod)) goneMs.set(pod, nowMs);
      };
      while ((await identify(machine.pid)) !== undefined && Date.now() < orderedMs + minutes(5)) {
        await Promise.all([ordinary, critical].map(look));
        await pause(50);
      }
      expect(await identify(machine.pid)).toBeUndefined();
      const endMs = Date.now() - orderedMs;
      const [ordinaryMs = endMs, criticalMs = endMs] = [goneMs.get(ordinary), goneMs.get(critical)];
      expect(ordinaryMs).toBeGreaterThan(ordinary.lingersSeconds * 1_000 - 500);
      const afterMs = lastAnswerMs.get(ordinary) ?? 0;
      expect(criticalMs).toBeGreaterThan(afterMs + critical.lingersSeconds * 1_000 - 500);
      const said = await readFile(machine.consolePath, "utf8");
      const order = [
        "phase cleanup",
        "kubelet is ready for the end",
        "service[kubelet](Finished)",
        "phase stopServices",
      ];
      const places = order.map((text) => said.indexOf(text));
      expect(places).not.toContain(-1);
      expect(places).toEqual(places.toSorted((left, right) => left - right));
    },
    minutes(18),
  );
});
