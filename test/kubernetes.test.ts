import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { KubeClient } from "../src/kube/client.ts";
import { accessOf } from "../src/kube/kubeconfig.ts";
import type { KubeObject } from "../src/kube/object.ts";
import { bootCluster, type TestMachine } from "./machine/machine.ts";
import { type Application, manifestsOf } from "./proof/application.ts";
import { descendantsOf } from "./proof/descendants.ts";
import { type AcknowledgedWriter, startWriter } from "./support/acknowledged-writer.ts";
import { eventually } from "./support/eventually.ts";

const describeAsRoot = describe.if(process.getuid?.() === 0 && process.platform === "linux");
const minutes = (count: number) => count * 60_000;

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

const web: Application = { name: "web", replicas: 3, nodePort: 30_080 };
const store: Application = { name: "store", replicas: 1, nodePort: 30_081, keepsIn: "/var/mnt/store" };
const crowd: Application = { name: "crowd", replicas: 90 };

/** Pods, services and the machine itself have addresses of both families. */
const bothFamilies = {
  machine: {
    network: {
      interfaces: [
        {
          interface: "eth0",
          addresses: ["fd00:db8:5::2/64"],
          routes: [{ network: "::/0", gateway: "fd00:db8:5::1" }],
        },
      ],
    },
  },
  cluster: {
    network: {
      podSubnets: ["10.244.0.0/16", "fd00:db8:10::/56"],
      serviceSubnets: ["10.96.0.0/12", "fd00:db8:20::/112"],
    },
  },
};

/** What Kubernetes is for, on one machine that runs on this host's kernel. The order matters. */
describeAsRoot("a Kubernetes node", () => {
  let machine: TestMachine;
  let client: KubeClient;

  beforeAll(async () => {
    const patch = JSON.stringify(bothFamilies);
    machine = await bootCluster("--provisioner", "container", "--wait-timeout", "10m", "--config-patch", patch);
    client = new KubeClient(accessOf(await readFile(join(machine.directory, "kubeconfig"), "utf8")));
  }, minutes(12));

  afterAll(async () => {
    client?.[Symbol.dispose]();
    await machine?.[Symbol.asyncDispose]();
  }, minutes(5));

  const kubectl = (...args: string[]) => machine.kubectl(...args);
  const run = async (application: Application, patience = "5m") => {
    const file = join(machine.directory, `${application.name}.json`);
    const list = { apiVersion: "v1", kind: "List", items: manifestsOf(application) };
    await Bun.write(file, JSON.stringify(list));
    await kubectl("apply", "-f", file);
    await kubectl("rollout", "status", `deployment/${application.name}`, `--timeout=${patience}`);
  };
  const podsOf = async ({ name }: Application) =>
    (await kubectl("get", "pods", "-l", `app=${name}`, "-o", "jsonpath={.items[*].metadata.name}")).split(" ");
  const from = async (pod: string, url: string) => await kubectl("exec", pod, "--", "/http-server", "-get", url);
  const at = ({ nodePort }: Application, path = "/") => `http://${machine.apiHost}:${nodePort}${path}`;
  const ask = async (url: string, init: RequestInit = {}) => {
    const signal = AbortSignal.timeout(10_000);
    const answer = await fetch(url, { ...init, signal, keepalive: false });
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
    return await answer.text();
  };
  const healthy = () =>
    eventually(
      () => ask(at(web)),
      (text) => text.startsWith("pod: web-"),
      { timeoutMs: minutes(4), intervalMs: 100 },
    );

  test(
    "answers by its port, its service's address and its name, from every pod of it",
    async () => {
      await run(web);
      const pods = await podsOf(web);
      expect(pods).toHaveLength(3);
      await healthy();
      const [pod = ""] = pods;
      const address = await kubectl("get", "service", web.name, "-o", "jsonpath={.spec.clusterIP}");
      for (const host of [address, "web", "web.default.svc.cluster.local"]) {
        // The cluster's DNS hears of a service in its own time.
        const answer = () => from(pod, `http://${host}/`);
        expect(await eventually(answer, Boolean)).toStartWith("pod: web-");
      }
    },
    minutes(15),
  );

  test(
    "answers in both families",
    async () => {
      const [pod = ""] = await podsOf(web);
      // A kubelet may have come before the second address was anybody's.
      await eventually(
        () => kubectl("get", "node", machine.name, "-o", "jsonpath={.status.addresses[*].address}"),
        (addresses) => addresses.split(" ").includes("fd00:db8:5::2"),
      );
      const own = await kubectl("get", "pod", pod, "-o", "jsonpath={.status.podIPs[*].ip}");
      expect(own).toMatch(/^10\.244\.\S+ fd00:db8:10:\S+$/);
      const addresses = async (namespace: string, service: string) =>
        (await kubectl("get", "service", "-n", namespace, service, "-o", "jsonpath={.spec.clusterIPs[*]}")).split(" ");
      expect(await addresses("kube-system", "kube-dns")).toEqual(["10.96.0.10", "fd00:db8:20::a"]);
      await kubectl("patch", "service", "web", "-p", JSON.stringify({ spec: { ipFamilyPolicy: "PreferDualStack" } }));
      const [, second = ""] = await addresses("default", "web");
      expect(second).toStartWith("fd00:db8:20::");
      const answer = () => from(pod, `http://[${second}]/`);
      expect(await eventually(answer, () => true, { intervalMs: 100 })).toMatch(
        /^pod: web-\S+\nclient: \[fd00:db8:10:/,
      );
    },
    minutes(6),
  );

  test(
    "holds a pod to the profile of system calls that the configuration has under its name",
    async () => {
      const value = { defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ names: ["listen"], action: "SCMP_ACT_ERRNO" }] };
      const patch = { machine: { seccompProfiles: [{ name: "deaf.json", value }] } };
      await machine.ask("patch", "machineconfig", "--mode", "no-reboot", "--patch", JSON.stringify(patch));
      const pod = {
        ...{ apiVersion: "v1", kind: "Pod", metadata: { name: "deaf" } },
        spec: {
          restartPolicy: "Never",
          securityContext: { seccompProfile: { type: "Localhost", localhostProfile: "profiles/deaf.json" } },
          tolerations: [{ operator: "Exists" }],
          containers: [{ name: "web", image: "registry.test/http-server:1.0.0" }],
        },
      };
      const file = join(machine.directory, "deaf.json");
      await Bun.write(file, JSON.stringify(pod));
      await kubectl("apply", "-f", file);
      await kubectl("wait", "pod/deaf", "--for=jsonpath={.status.phase}=Failed", "--timeout=5m");
      await eventually(
        () => kubectl("logs", "deaf"),
        (text) => text.includes("listen: operation not permitted"),
      );
      await kubectl("delete", "pod", "deaf", "--ignore-not-found", "--wait");
    },
    minutes(10),
  );

  test(
    "lets its kubelet be asked for logs and numbers",
    async () => {
      const { name } = machine;
      const told = (path: string) => kubectl("get", "--raw", `/api/v1/nodes/${name}/proxy/${path}`);
      // A kubelet counts in its own time.
      await eventually(
        () => told("metrics/resource"),
        (numbers) => numbers.includes("node_memory_working_set_bytes"),
      );
      await eventually(
        async (): Promise<unknown> => JSON.parse(await told("stats/summary")),
        (summary) => Bun.deepMatch({ node: { nodeName: name } }, summary ?? {}),
      );
      expect(await kubectl("logs", "-n", "kube-system", "-l", "k8s-app=kube-dns", "--tail", "-1")).toContain("CoreDNS");
    },
    minutes(6),
  );

  test(
    "keeps what a volume holds when the pod is another",
    async () => {
      await run(store);
      const [first = ""] = await podsOf(store);
      const url = at(store, "/data/kept");
      await eventually(
        () => ask(url, { method: "PUT", body: "what was promised" }),
        () => true,
        { intervalMs: 100 },
      );
      await kubectl("delete", "pod", first, "--ignore-not-found", "--wait");
      await kubectl("rollout", "status", "deployment/store", "--timeout=5m");
      expect(await podsOf(store)).not.toContain(first);
      expect(
        await eventually(
          () => ask(url),
          () => true,
          { intervalMs: 100 },
        ),
      ).toBe("what was promised");
    },
    minutes(15),
  );

  test(
    "runs as many pods as a node may have",
    async () => {
      await run(crowd, "10m");
      const allowed = await kubectl("get", "node", machine.name, "-o", "jsonpath={.status.allocatable.pods}");
      const phases = () => kubectl("get", "pods", "-A", "-o", "jsonpath={.items[*].status.phase}");
      const running = async () => (await phases()).split(" ").filter((phase) => phase === "Running").length;
      expect(await eventually(running, (count) => count >= 100)).toBeLessThanOrEqual(Number(allowed));
      await kubectl("delete", "deployment,service", crowd.name, "--ignore-not-found", "--wait");
      await eventually(
        () => podsOf(crowd),
        ([first]) => first === "",
        { timeoutMs: minutes(6) },
      );
    },
    minutes(20),
  );

  test.each([
    ["etcd", "/usr/local/bin/etcd"],
    ["kube-apiserver", "/usr/local/bin/kube-apiserver"],
    ["the kubelet", "/usr/local/bin/kubelet"],
    ["containerd", "/usr/bin/containerd"],
  ])(
    "loses nothing that was promised when %s is killed",
    async (_, program) => {
      const writer: AcknowledgedWriter = startWriter({
        write: (name, value) => {
          const kind = { apiVersion: "v1", kind: "ConfigMap" };
          return client.create(configMaps, {
            ...kind,
            metadata: { name: `${program.split("/").at(-1)}-${name}` },
            data: { value },
          } as ConfigMap);
        },
      });
      await writer.next();
      const another = async () => (await descendantsOf(machine.pid)).filter((found) => found.program === program);
      // A child of it looks the same until it has become another program.
      const before = await eventually(another, ({ length }) => length === 1, { intervalMs: 20 });
      for (const { pid } of before) process.kill(pid, "SIGKILL");
      await eventually(another, ([found]) => found !== undefined && found.pid !== before[0]?.pid, {
        timeoutMs: minutes(4),
      });
      await writer.next();
      await writer.stop();
      const read = async (name: string) =>
        (await client.find<ConfigMap>(`${configMaps}/${program.split("/").at(-1)}-${name}`))?.data?.value;
      expect(await writer.missing(read)).toEqual([]);
      await machine.ask("health", "--wait-timeout", "6m");
      await healthy();
      const kept = () => ask(at(store, "/data/kept"));
      expect(await eventually(kept, () => true, { intervalMs: 100 })).toBe("what was promised");
    },
    minutes(15),
  );
});

const configMaps = "/api/v1/namespaces/default/configmaps";
