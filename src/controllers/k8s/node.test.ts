import { expect, test } from "bun:test";
import { testConfig } from "../../config/testing.ts";
import { KubePrismConfig } from "../../resources/k8s/kubeprism-config.ts";
import { KubePrismEndpoint } from "../../resources/k8s/kubeprism-endpoint.ts";
import { KubernetesAccessConfig } from "../../resources/k8s/kubernetes-access-config.ts";
import { NodeAnnotationSpec } from "../../resources/k8s/node-annotation-spec.ts";
import { NodeIP } from "../../resources/k8s/node-ip.ts";
import { NodeIPConfig } from "../../resources/k8s/node-ip-config.ts";
import { NodeLabelSpec } from "../../resources/k8s/node-label-spec.ts";
import { NodeTaintSpec } from "../../resources/k8s/node-taint-spec.ts";
import { ExtensionStatus } from "../../resources/runtime/extension-status.ts";
import { configure, machineWith } from "../testing.ts";
import { kubePrismConfigController } from "./kubeprism-config.ts";
import { kubePrismEndpointsController } from "./kubeprism-endpoints.ts";
import { kubernetesAccessConfigController } from "./kubernetes-access-config.ts";
import { nodeAnnotationSpecController } from "./node-annotation-spec.ts";
import { nodeIpController } from "./node-ip.ts";
import { nodeIpConfigController } from "./node-ip-config.ts";
import { nodeLabelSpecController } from "./node-label-spec.ts";
import { nodeTaintSpecController } from "./node-taint-spec.ts";

type MachineType = "controlplane" | "worker";
const withMachine = (text: string, type: MachineType = "controlplane") =>
  testConfig(type).replace(/^machine:\n/m, `machine:\n    ${text}\n`);
const withCluster = (text: string) => testConfig().replace(/^cluster:\n/m, `cluster:\n    ${text}\n`);
const extension = (name: string, version: string): ExtensionStatus => ({
  image: "x",
  metadata: { name, version, author: "", description: "", compatibility: { talos: { version: "" } } },
});

test("a node's labels are the configuration's, its role's and its extensions', live", async () => {
  const config = withMachine('nodeLabels: { "example.org/rack": "7", tier: db }', "worker");
  await using machine = await machineWith({ config }, nodeLabelSpecController());
  expect((await machine.eventually(NodeLabelSpec, "example.org/rack")).spec).toEqual({
    key: "example.org/rack",
    value: "7",
  });
  await machine.state.create(ExtensionStatus, "0", extension("gvisor", "20240305.0"));
  await machine.state.create(ExtensionStatus, "1", extension("drbd", "a version with blanks"));
  await machine.eventually(NodeLabelSpec, "extensions.talos.dev/gvisor", ({ spec }) => spec.value === "20240305.0");
  expect(await machine.state.get(NodeLabelSpec, "extensions.talos.dev/drbd")).toBeUndefined();
  await configure(machine, testConfig());
  await machine.eventuallyGone(NodeLabelSpec, "tier");
  await machine.eventually(NodeLabelSpec, "node-role.kubernetes.io/control-plane", ({ spec }) => spec.value === "");
});

test("annotations come from the configuration and the extensions", async () => {
  const config = withMachine('nodeAnnotations: { "example.org/owner": "a team, with blanks" }');
  await using machine = await machineWith({ config }, nodeAnnotationSpecController());
  await machine.eventually(NodeAnnotationSpec, "example.org/owner");
  await machine.state.create(ExtensionStatus, "1", extension("drbd", "a version with blanks"));
  await machine.eventually(NodeAnnotationSpec, "extensions.talos.dev/drbd");
});

test("a control plane machine keeps others away, unless it is open to all", async () => {
  const role = "node-role.kubernetes.io/control-plane";
  const config = withMachine('nodeTaints: { dedicated: "db:NoExecute", old: NoSchedule }');
  await using machine = await machineWith({ config }, nodeTaintSpecController());
  expect((await machine.eventually(NodeTaintSpec, "dedicated")).spec).toEqual({
    key: "dedicated",
    value: "db",
    effect: "NoExecute",
  });
  expect((await machine.eventually(NodeTaintSpec, "old")).spec).toEqual({
    key: "old",
    value: "",
    effect: "NoSchedule",
  });
  expect((await machine.eventually(NodeTaintSpec, role)).spec.effect).toBe("NoSchedule");
  await configure(machine, withCluster("allowSchedulingOnControlPlanes: true"));
  await machine.eventuallyGone(NodeTaintSpec, role);
  await machine.eventuallyGone(NodeTaintSpec, "old");
});

test("which pods may use the machine API is shown where it could be granted", async () => {
  const access = `features:
        kubernetesTalosAPIAccess:
            enabled: true
            allowedRoles: [os:reader]
            allowedKubernetesNamespaces: [kube-system]`;
  const without = testConfig().replace(/^ {4}features:\n(?: {8}.*\n)*/m, "");
  const config = without.replace(/^machine:\n/m, `machine:\n    ${access}\n`);
  await using machine = await machineWith({ config }, kubernetesAccessConfigController());
  const { spec } = await machine.eventually(KubernetesAccessConfig, "config", (found) => found.spec.enabled);
  expect(spec).toEqual({ enabled: true, allowedAPIRoles: ["os:reader"], allowedKubernetesNamespaces: ["kube-system"] });
  await configure(machine, testConfig("worker"));
  await machine.eventuallyGone(KubernetesAccessConfig, "config");
});

test("the balancer of API servers is set up by the configuration, and goes with it", async () => {
  await using machine = await machineWith(
    { config: testConfig() },
    kubePrismEndpointsController(),
    kubePrismConfigController(),
  );
  const { spec } = await machine.eventually(KubePrismConfig, "k8s-loadbalancer-config");
  expect(spec).toEqual({
    host: "127.0.0.1",
    port: 7_445,
    endpoints: [
      { host: "10.0.0.1", port: 6_443 },
      { host: "localhost", port: 6_443 },
    ],
  });
  await configure(
    machine,
    testConfig().replace(/kubePrism:\n +enabled: true/, "kubePrism:\n            enabled: false"),
  );
  await machine.eventuallyGone(KubePrismConfig, "k8s-loadbalancer-config");
  await machine.eventuallyGone(KubePrismEndpoint, "k8s-cluster");
});

test("the kubelet announces addresses of the families that services have, and none of pods or services", async () => {
  const addresses = ["10.244.0.1/24", "2001:db8::7/64", "10.0.2.15/24", "192.0.2.7/24"];
  await using machine = await machineWith(
    { config: testConfig(), addresses },
    nodeIpConfigController(),
    nodeIpController(),
  );
  expect((await machine.eventually(NodeIPConfig, "kubelet")).spec).toEqual({
    validSubnets: ["0.0.0.0/0"],
    excludeSubnets: ["10.244.0.0/16", "10.96.0.0/12"],
  });
  expect((await machine.eventually(NodeIP, "kubelet")).spec.addresses).toEqual(["10.0.2.15"]);
  const chosen = testConfig().replace(
    /^( +)kubelet:\n/m,
    (line, indent) =>
      `${line}${indent}    nodeIP: { validSubnets: ["192.0.2.0/24", "2001:db8::/32", "!192.0.2.8/32"] }\n`,
  );
  await configure(machine, chosen);
  const both = await machine.eventually(NodeIP, "kubelet", ({ spec }) => spec.addresses.length === 2);
  expect(both.spec.addresses).toEqual(["192.0.2.7", "2001:db8::7"]);
});
