import { expect, test } from "bun:test";
import { eventually } from "../../../test/support/eventually.ts";
import { testConfig } from "../../config/testing.ts";
import { KubeletSpec } from "../../resources/k8s/kubelet-spec.ts";
import { Nodename } from "../../resources/k8s/nodename.ts";
import { StaticPod } from "../../resources/k8s/static-pod.ts";
import { StaticPodServerStatus } from "../../resources/k8s/static-pod-server-status.ts";
import { configure, machineWith } from "../testing.ts";
import { mergeDocuments } from "./document.ts";
import { kubeletConfigController } from "./kubelet-config.ts";
import { kubeletSpecController } from "./kubelet-spec.ts";
import { nodeIpController } from "./node-ip.ts";
import { nodeIpConfigController } from "./node-ip-config.ts";
import { nodeNameOf, nodenameController } from "./nodename.ts";
import { apiServerAddressOf, dnsAddressOf } from "./service-addresses.ts";
import { staticPodController } from "./static-pod.ts";
import { staticPodServerController } from "./static-pod-server.ts";

const kubelet = (text: string) =>
  testConfig().replace(/^( +)kubelet:\n/m, (line, indent) => `${line}${indent}${text}\n`);
const controllers = () => [
  nodenameController(),
  nodeIpConfigController(),
  nodeIpController(),
  staticPodServerController(),
  kubeletConfigController(),
  kubeletSpecController(),
];

test("the kubelet's spec names its node, its address, its files and its limits", async () => {
  await using machine = await machineWith({ config: testConfig(), hostname: "Node_1" }, ...controllers());
  const { spec } = await machine.eventually(KubeletSpec, "kubelet");
  expect(spec.image).toMatch(/^ghcr\.io\/siderolabs\/kubelet:v/);
  expect(spec.args).toEqual([
    "--hostname-override=node1",
    "--node-ip=10.0.2.15",
    "--config=/etc/kubernetes/kubelet.yaml",
    "--cert-dir=/var/lib/kubelet/pki",
    "--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubeconfig",
    "--kubeconfig=/etc/kubernetes/kubeconfig-kubelet",
  ]);
  expect(spec.config).toMatchObject({
    kind: "KubeletConfiguration",
    staticPodURL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    clusterDNS: ["10.96.0.10"],
    systemReserved: { memory: "512Mi" },
    authentication: {
      x509: { clientCAFile: "/etc/kubernetes/pki/ca.crt" },
      webhook: { enabled: true },
      anonymous: { enabled: false },
    },
    authorization: { mode: "Webhook" },
    protectKernelDefaults: true,
    registerWithTaints: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }],
  });
  // Generated configurations switch it off.
  expect(spec.config).not.toHaveProperty("staticPodPath");
  expect((await machine.eventually(Nodename, "nodename")).spec.nodename).toBe("node1");
});

test("the owner's flags and fields come on top, but not those that are ours", async () => {
  const extras =
    "    extraArgs: { v: '4', config: /tmp/mine }\n        extraConfig: { systemReserved: { cpu: 1 }, maxPods: 7, logging: { verbosity: 3 } }";
  await using machine = await machineWith({ config: kubelet(extras) }, ...controllers());
  const { spec } = await machine.eventually(KubeletSpec, "kubelet");
  expect(spec.args).toContain("--v=4");
  expect(spec.args).toContain("--config=/etc/kubernetes/kubelet.yaml");
  expect(spec.config).toMatchObject({ maxPods: 7, logging: { format: "json", verbosity: 3 } });
  expect(spec.config.systemReserved).toEqual({ cpu: 1 });
  expect(machine.logged.join()).toContain("ignoring kubelet.extraArgs that are not to be set: config");
});

const staticPod = (name: string, namespace?: string) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  spec: { containers: [{ name: "a", image: "registry.test/a:1" }] },
});
const withPods = (...pods: readonly object[]) =>
  testConfig().replace(/^machine:\n/m, `machine:\n    pods: ${JSON.stringify(pods)}\n`);

test("a provider of credentials, of the cloud, and an address of the owner's choice reach the kubelet", async () => {
  const providers = "credentialProviderConfig: { kind: CredentialProviderConfig, providers: [] }";
  const extras = `    extraArgs: { node-ip: 10.9.9.9, hostname-override: mine }\n        ${providers}`;
  const config = kubelet(extras).replace(/^cluster:\n/m, "cluster:\n    externalCloudProvider: { enabled: true }\n");
  await using machine = await machineWith({ config, addresses: [] }, ...controllers());
  const { spec } = await machine.eventually(KubeletSpec, "kubelet");
  expect(spec.args).toEqual(
    expect.arrayContaining([
      ...["--node-ip=10.9.9.9", "--hostname-override=mine", "--cloud-provider=external"],
      "--image-credential-provider-bin-dir=/usr/local/lib/kubelet/credentialproviders",
      "--image-credential-provider-config=/etc/kubernetes/kubelet-credentialproviderconfig.yaml",
    ]),
  );
  expect(spec.expectedNodename).toBeUndefined();
  expect(spec.credentialProviderConfig).toEqual({ kind: "CredentialProviderConfig", providers: [] });
});

test("static pods are served to the kubelet, and go with the configuration that named them", async () => {
  const config = withPods(staticPod("web", "apps"), staticPod("b"));
  await using machine = await machineWith({ config }, staticPodController(), staticPodServerController());
  await machine.eventually(StaticPod, "apps-web");
  const { url } = (await machine.eventually(StaticPodServerStatus, "static-pod-server-status")).spec;
  expect(url).toStartWith("http://127.0.0.1:");
  const other = await machine.eventually(StaticPod, "default-b");
  const serves = (items: readonly unknown[]) =>
    eventually(
      async () => (await fetch(url)).json(),
      (list) => Bun.deepEquals(list, { apiVersion: "v1", kind: "PodList", items }),
      { intervalMs: 5 },
    );
  await configure(machine, withPods(staticPod("b")));
  await machine.eventuallyGone(StaticPod, "apps-web");
  await serves([other.spec]);
  await configure(machine, testConfig());
  await serves([]);
});

test("what can be no pod does not keep the others from running", async () => {
  const broken = [
    { ...staticPod("a"), kind: "Deployment" },
    { ...staticPod("Not A Name") },
    { ...staticPod("b"), spec: { containers: [] } },
    { ...staticPod("c"), spec: { containers: [{ name: "a" }] } },
  ];
  await using machine = await machineWith({ config: withPods(...broken, staticPod("good")) }, staticPodController());
  await machine.eventually(StaticPod, "default-good");
  expect(await machine.state.list(StaticPod)).toHaveLength(1);
  expect(machine.logged.map((line) => line.replace(/^.*ignoring /, ""))).toEqual([
    "machine.pods[0]: it is no v1 Pod",
    "machine.pods[1]: metadata has no name that Kubernetes takes",
    "machine.pods[2]: spec has no containers",
    "machine.pods[3]: a container has no name or no image",
  ]);
});

test("the kubelet learns of a static pod at once, and is not asked to ask often", async () => {
  await using machine = await machineWith({ config: testConfig() }, staticPodController(), staticPodServerController());
  const { url } = (await machine.eventually(StaticPodServerStatus, "static-pod-server-status")).spec;
  const ask = async () => ((await (await fetch(url)).json()) as { items: unknown[] }).items.length;
  expect(await ask()).toBe(0);
  const next = ask(); // not "none" again
  await configure(machine, withPods(staticPod("a")));
  expect(await next).toBe(1);
  // One that has nothing yet is answered whatever the others have.
  expect(await (await fetch(url, { keepalive: false })).json()).toMatchObject({ items: [{ metadata: { name: "a" } }] });
});

test("a kubelet without news asks again before its patience ends", async () => {
  await using machine = await machineWith({ config: testConfig() }, staticPodServerController({ holdMs: 20 }));
  const { url } = (await machine.eventually(StaticPodServerStatus, "static-pod-server-status")).spec;
  for (let count = 0; count < 3; count += 1) expect(await (await fetch(url)).json()).toMatchObject({ items: [] });
});

test("names and addresses follow Kubernetes' rules", () => {
  expect(nodeNameOf("-My_Host.Example.ORG-")).toBe("myhost.example.org");
  expect(dnsAddressOf("10.96.0.0/12")).toBe("10.96.0.10");
  expect(dnsAddressOf("fd00:96::/112")).toBe("fd00:96::a");
  expect(apiServerAddressOf("10.96.0.0/12")).toBe("10.96.0.1");
  expect(apiServerAddressOf("fd00:96::/112")).toBe("fd00:96::1");
});

test("documents merge by object and replace by list", () => {
  const merged = mergeDocuments({ a: { b: 1, c: [1, 2] }, d: 1 }, { a: { c: [3] }, e: null });
  expect(merged).toEqual({ a: { b: 1, c: [3] }, d: 1, e: null });
});
