import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { accessOf } from "../src/kube/kubeconfig.ts";
import { identify } from "../src/talosctl/cluster/host-process.ts";
import { bootCluster, type TestMachine } from "./machine/machine.ts";
import { type Application, manifestsOf } from "./proof/application.ts";
import { eventually } from "./support/eventually.ts";

/**
 * Kubernetes on a machine with a kernel and a disk of its own, as `npm run up` makes it: what a container cannot show.
 * The order matters. Patience is for an emulated processor.
 */
let machine: TestMachine;

const minutes = (count: number) => count * 60_000;
const store: Application = { name: "store", replicas: 1, keepsIn: "/var/mnt/store" };

beforeAll(async () => {
  machine = await bootCluster("--wait-timeout", "25m");
}, minutes(32));

afterAll(() => machine?.[Symbol.asyncDispose](), minutes(5));

const kubectl = (...args: string[]) => machine.kubectl(...args);
const readiness = () =>
  kubectl("get", "nodes", "-o", "jsonpath={.items[*].status.conditions[?(@.type=='Ready')].status}");
const bootId = async () => (await machine.ask("read", "/proc/sys/kernel/random/boot_id")).trim();

/** Asks the pod by way of the API server and the service's address: no other port leads into the machine. */
async function stored(init: RequestInit = {}): Promise<string> {
  const { server, ca, certificate, key } = accessOf(await readFile(join(machine.directory, "kubeconfig"), "utf8"));
  const url = `${server}/api/v1/namespaces/default/services/store:80/proxy/data/kept`;
  const signal = AbortSignal.timeout(20_000);
  const answer = await fetch(url, {
    ...init,
    signal,
    tls: { ca, ...(certificate && key && { cert: certificate, key }) },
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text}`);
  return text;
}

/** While it starts, or has too much to do, the pod is not reached for a moment; what it kept it says in the end. */
const answered = (init?: RequestInit) =>
  eventually(
    () => stored(init),
    () => true,
    { timeoutMs: minutes(4) },
  );

test(
  "is ready, on a kernel of its own",
  async () => {
    expect(machine.created.stdout).toMatch(/kubectl --kubeconfig \S+\/kubeconfig get nodes\n/);
    expect(await readiness()).toBe("True");
    const kernel = await kubectl("get", "nodes", "-o", "jsonpath={.items[0].status.nodeInfo.kernelVersion}");
    expect((await machine.ask("read", "/proc/sys/kernel/osrelease")).trim()).toBe(kernel);
  },
  minutes(2),
);

test(
  "runs a pod that keeps something on the machine's disk",
  async () => {
    const file = join(machine.directory, "store.json");
    await Bun.write(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: manifestsOf(store) }));
    await kubectl("apply", "-f", file);
    await kubectl("rollout", "status", "deployment/store", "--timeout=5m");
    await answered({ method: "PUT", body: "what was promised" });
    expect(await answered()).toBe("what was promised");
  },
  minutes(14),
);

test(
  "is ready again after a reboot, with what it kept",
  async () => {
    const before = await bootId();
    await machine.ask("reboot", "--wait=false");
    await eventually(
      () => bootId().catch(() => before),
      (now) => now !== before,
      { timeoutMs: minutes(8) },
    );
    await machine.ask("health", "--wait-timeout", "21m");
    expect(await readiness()).toBe("True");
    expect(await answered()).toBe("what was promised");
  },
  minutes(34),
);

test(
  "has its pods evicted before it is shut down",
  async () => {
    await machine.ask("shutdown", "--wait=false");
    await eventually(
      () => identify(machine.pid),
      (found) => found === undefined,
      { timeoutMs: minutes(8) },
    );
    const said = await readFile(machine.consolePath, "utf8");
    // The cluster's DNS and the store; what belongs to every node stays.
    const [, evicted, all] = /evicting (\d+) of (\d+) pods of /.exec(said) ?? [];
    expect(Number(evicted)).toBeGreaterThanOrEqual(2);
    expect(Number(all)).toBeGreaterThanOrEqual(Number(evicted) + 2);
    expect(said).not.toContain("Cannot drain");
    const order = ["evicting", "phase cleanup", "phase stopServices"].map((text) => said.lastIndexOf(text));
    expect(order).toEqual(order.toSorted((left, right) => left - right));
  },
  minutes(9),
);
