import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { extraManifestController } from "../../src/controllers/k8s/manifests/extra-manifests.ts";
import { manifestApplyController } from "../../src/controllers/k8s/manifests/manifest-apply.ts";
import { manifestController } from "../../src/controllers/k8s/manifests/manifests.ts";
import { diagnosticsLogController } from "../../src/controllers/runtime/diagnostics/diagnostics-log.ts";
import { runtimeWith, type TestRuntime } from "../../src/cosi/testing.ts";
import { connectEtcd, type Etcd } from "../../src/etcd/client.ts";
import { follow } from "../../src/kube/follow.ts";
import { type KubeObject, keyOf } from "../../src/kube/object.ts";
import { BootstrapManifestsConfig } from "../../src/resources/k8s/bootstrap-manifests-config.ts";
import { ExtraManifestsConfig } from "../../src/resources/k8s/extra-manifests-config.ts";
import { Manifest } from "../../src/resources/k8s/manifest.ts";
import { ManifestStatus } from "../../src/resources/k8s/manifest-status.ts";
import { NetworkStatus } from "../../src/resources/network/network-status.ts";
import { Diagnostic } from "../../src/resources/runtime/diagnostic.ts";
import { KubernetesRootSecret } from "../../src/resources/secrets/kubernetes-root-secret.ts";
import { KubernetesSecret } from "../../src/resources/secrets/kubernetes-secret.ts";
import { Service } from "../../src/resources/v1alpha1/service.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane.ts";
import { eventually } from "../support/eventually.ts";

type ExtraManifest = ExtraManifestsConfig["extraManifests"][number];

const minuteMs = 60_000;
const ours = [
  "00-kubelet-bootstrapping-token",
  "01-csr-approver-role-binding",
  "01-csr-node-bootstrap",
  "01-csr-renewal-role-binding",
  "05-flannel",
  "10-kube-proxy",
  "11-core-dns",
  "11-core-dns-svc",
  "11-kube-config-in-cluster",
  "11-talos-node-rbac-template",
];
const corefile = "/api/v1/namespaces/kube-system/configmaps/coredns";

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** What the controllers make of an API server that runs on this host. */
describe("manifests", () => {
  let cluster: ControlPlane;

  beforeAll(async () => {
    cluster = await startControlPlane();
  }, 12 * minuteMs);
  afterAll(() => cluster?.[Symbol.asyncDispose](), 4 * minuteMs);

  const etcd = (): Etcd => {
    const { endpoint, ca, certificate, key } = cluster.etcd;
    const { hostname: host, port } = new URL(endpoint);
    return connectEtcd({ host, port: Number(port), tls: { certificate, key, authorities: [ca] } });
  };

  /** The controllers of one more control plane machine of the cluster. */
  async function machineWith(extraManifests: readonly ExtraManifest[] = []): Promise<TestRuntime> {
    const backoff = { initialMs: 100, maximumMs: 200 };
    const machine = await runtimeWith(
      manifestController(),
      extraManifestController({ backoff }),
      manifestApplyController({ connect: async () => etcd(), backoff }),
      diagnosticsLogController(),
    );
    const copy = async <S>(kind: Parameters<typeof machine.eventually<S>>[0], id: string) => {
      await machine.state.create(kind, id, (await cluster.machine.eventually(kind, id)).spec);
    };
    await copy(BootstrapManifestsConfig, "manifests");
    await copy(KubernetesRootSecret, "k8s");
    await copy(KubernetesSecret, "k8s-certs");
    await copy(NetworkStatus, "status");
    await machine.state.create(ExtraManifestsConfig, "extra-manifests", { extraManifests });
    await machine.state.create(Service, "etcd", { running: true, healthy: true, unknown: false });
    return machine;
  }

  const inline = (name: string, inlineManifest: string): ExtraManifest => ({
    ...{ name, url: "", priority: "99", extraHeaders: {}, inlineManifest },
  });
  const applied = (machine: TestRuntime, ...more: readonly string[]) =>
    eventually(
      async () => (await machine.state.get(ManifestStatus, "manifests"))?.spec.manifestsApplied ?? [],
      (ids) => [...ours, ...more].every((id) => ids.includes(id)),
      { timeoutMs: 3 * minuteMs, intervalMs: 20 },
    );

  test(
    "make what a cluster needs, once; what somebody changed stays",
    async () => {
      {
        await using machine = await machineWith();
        expect(await applied(machine)).toEqual(ours);
        expect(machine.logged).toContain(
          "k8s.ManifestApplyController: created apps/v1 DaemonSet kube-system/kube-flannel",
        );
      }
      const { data } = await cluster.client.get<ConfigMap>(corefile);
      expect(data?.Corefile).toContain("kubernetes cluster.local in-addr.arpa ip6.arpa {");
      await cluster.client.patch(corefile, { data: { Corefile: "edited" } }, "merge");
      const { metadata } = await cluster.client.get(corefile);
      await using again = await machineWith();
      await applied(again);
      expect(again.logged).toEqual([]);
      expect((await cluster.client.get<ConfigMap>(corefile)).data?.Corefile).toBe("edited");
      expect((await cluster.client.get(corefile)).metadata?.resourceVersion).toBe(metadata?.resourceVersion ?? "");
    },
    4 * minuteMs,
  );

  test(
    "what is deleted comes back the next time, and keeps what it is beside",
    async () => {
      await cluster.client.delete("/apis/apps/v1/namespaces/kube-system/daemonsets/kube-proxy");
      await using machine = await machineWith();
      await applied(machine);
      expect(machine.logged).toEqual(["k8s.ManifestApplyController: created apps/v1 DaemonSet kube-system/kube-proxy"]);
    },
    4 * minuteMs,
  );

  test(
    "define kinds and namespaces before what is of them or in them",
    async () => {
      const widget = `{apiVersion: example.org/v1, kind: Widget, metadata: {name: a, namespace: widgets}}`;
      const rest = `
apiVersion: v1
kind: List
items:
  - ${widget}
---
# Of this manifest, and of a later one.
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.org}
spec:
  group: example.org
  scope: Namespaced
  names: {kind: Widget, plural: widgets}
  versions:
    - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
---
apiVersion: v1
kind: Namespace
metadata: {name: widgets}
`;
      await using machine = await machineWith([inline("a-widgets", rest)]);
      await applied(machine, "99-a-widgets");
      expect(machine.logged.map((line) => line.replace(/^.*: created /, ""))).toEqual([
        "v1 Namespace widgets",
        "apiextensions.k8s.io/v1 CustomResourceDefinition widgets.example.org",
        "example.org/v1 Widget widgets/a",
      ]);
      expect(await machine.state.list(Diagnostic)).toEqual([]);
    },
    4 * minuteMs,
  );

  test(
    "that are broken are told, hold up no other, and are applied once they are mended",
    async () => {
      const good = "{apiVersion: v1, kind: ConfigMap, metadata: {name: good}}";
      const refused = "{apiVersion: v1, kind: Service, metadata: {name: Wrong_Name}, spec: {ports: []}}";
      const unknown = "{apiVersion: example.net/v1, kind: Gadget, metadata: {name: a}}";
      await using machine = await machineWith([
        inline("b-broken", "kind: ConfigMap\n  metadata: {}\n"),
        inline("c-refused", refused),
        inline("d-unknown", unknown),
        inline("e-good", good),
      ]);
      expect(await applied(machine, "99-e-good")).not.toContain("99-c-refused");
      const told = async (id: string) => (await machine.eventually(Diagnostic, `manifest-99-${id}`)).spec;
      expect((await told("b-broken")).details[0]).toStartWith("Cannot read manifest b-broken: line 1: ");
      expect((await told("c-refused")).details[0]).toMatch(/^Cannot apply v1 Service Wrong_Name of .*\(422 Invalid\)$/);
      expect((await told("d-unknown")).details).toContain(
        "Is its CustomResourceDefinition installed, and the version right?",
      );
      expect((await told("d-unknown")).message).toBe("manifest 99-d-unknown is not applied");
      // Whoever logs what is wrong hears of it as we do.
      const lines = async () => machine.logged.filter((line) => line.includes("c-refused"));
      expect(await eventually(lines, ({ length }) => length > 0, { intervalMs: 5 })).toHaveLength(1);
      await machine.state.modify(ExtraManifestsConfig, "extra-manifests", () => ({
        extraManifests: [inline("b-broken", good.replace("good", "mended")), inline("e-good", good)],
      }));
      await applied(machine, "99-b-broken");
      await eventually(
        () => machine.state.list(Diagnostic),
        (left) => left.length === 0,
        { intervalMs: 20 },
      );
      expect(await machine.state.get(Manifest, "99-c-refused")).toBeUndefined();
    },
    4 * minuteMs,
  );

  test(
    "are fetched with their headers, again when that fails, and only once when it works",
    async () => {
      const asked: (string | null)[] = [];
      await using server = Bun.serve({
        port: 0,
        fetch(request) {
          asked.push(request.headers.get("x-token"));
          if (asked.length < 3) return new Response("not yet", { status: 503 });
          return new Response("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: fetched\n");
        },
      });
      const url = `http://127.0.0.1:${server.port}/manifest.yaml`;
      await using machine = await machineWith([
        { name: url, url, priority: "05", extraHeaders: { "x-token": "secret" }, inlineManifest: "" },
      ]);
      await applied(machine, `05-${url}`);
      await machine.state.modify(Service, "etcd", (spec) => ({
        running: true,
        healthy: true,
        unknown: false,
        ...spec,
      }));
      expect(asked).toEqual(["secret", "secret", "secret"]);
      expect(
        machine.logged.filter((line) => line.endsWith(`Cannot fetch manifest ${url}: HTTP status 503`)),
      ).toHaveLength(1);
      expect(machine.logged.join()).not.toContain("secret");
    },
    4 * minuteMs,
  );

  test(
    "are applied by one machine at a time",
    async () => {
      using holder = etcd();
      const begun = Promise.withResolvers<void>();
      const release = Promise.withResolvers<void>();
      const signal = AbortSignal.timeout(4 * minuteMs);
      const holding = holder.withLock(
        "talos:v1:manifestApplyMutex",
        () => {
          begun.resolve();
          return release.promise;
        },
        { signal },
      );
      await begun.promise;
      const made = follow(cluster.client, "/api/v1/namespaces/default/configmaps", {}, signal);
      const names = async () =>
        [...((await made.next()).value?.values() ?? [])].map((object: KubeObject) => keyOf(object));
      expect(await names()).not.toContain("default/both");
      const both = inline("f-both", "{apiVersion: v1, kind: ConfigMap, metadata: {name: both}}");
      await using one = await machineWith([both]);
      await using other = await machineWith([both]);
      for (const machine of [one, other]) await machine.eventually(Manifest, "99-f-both");
      expect(await one.state.get(ManifestStatus, "manifests")).toBeUndefined();
      expect(await cluster.client.find("/api/v1/namespaces/default/configmaps/both")).toBeUndefined();
      release.resolve();
      await holding;
      await applied(one, "99-f-both");
      await applied(other, "99-f-both");
      expect(await names()).toContain("default/both");
      const created = [...one.logged, ...other.logged].filter((line) => line.includes("created"));
      expect(created).toEqual(["k8s.ManifestApplyController: created v1 ConfigMap both"]);
    },
    4 * minuteMs,
  );
});
