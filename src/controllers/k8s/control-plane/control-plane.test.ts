import { expect, test } from "bun:test";
import { applyPatches } from "../../../config/patch.ts";
import { testConfig } from "../../../config/testing.ts";
import { AdmissionControlConfig } from "../../../resources/k8s/admission-control-config.ts";
import { APIServerConfig } from "../../../resources/k8s/api-server-config.ts";
import { AuditPolicyConfig } from "../../../resources/k8s/audit-policy-config.ts";
import { AuthorizationConfig } from "../../../resources/k8s/authorization-config.ts";
import { BootstrapManifestsConfig } from "../../../resources/k8s/bootstrap-manifests-config.ts";
import { ControllerManagerConfig } from "../../../resources/k8s/controller-manager-config.ts";
import { ExtraManifestsConfig } from "../../../resources/k8s/extra-manifests-config.ts";
import { SchedulerConfig } from "../../../resources/k8s/scheduler-config.ts";
import { configure, machineWith } from "../../testing.ts";
import { controlPlaneControllers } from "./index.ts";
import { testOwners as owners, testPlaces } from "./testing.ts";

const places = testPlaces();

/** What `gen config` writes, with other fields of the cluster laid over it. */
const withCluster = (cluster: object) =>
  applyPatches(testConfig(), [{ text: JSON.stringify({ cluster }), file: "patch" }]);

test("a generated configuration says how the control plane runs", async () => {
  await using machine = await machineWith({ config: testConfig() }, ...controlPlaneControllers({ places, owners }));
  const apiServer = (await machine.eventually(APIServerConfig, "kube-apiserver")).spec;
  expect(apiServer).toMatchObject({
    controlPlaneEndpoint: "https://10.0.0.1:6443",
    etcdServers: ["https://127.0.0.1:2379"],
    localPort: 6_443,
    serviceCIDR: ["10.96.0.0/12"],
    advertisedAddress: "$(POD_IP)",
    resources: { requests: { cpu: "200m", memory: "512Mi" }, limits: {} },
  });
  expect(apiServer.image).toStartWith("registry.k8s.io/kube-apiserver:v");
  expect((await machine.eventually(ControllerManagerConfig, "kube-controller-manager")).spec.enabled).toBe(true);
  expect((await machine.eventually(SchedulerConfig, "kube-scheduler")).spec.enabled).toBe(true);
  expect((await machine.eventually(AdmissionControlConfig, "admission-control")).spec.config[0]).toMatchObject({
    name: "PodSecurity",
    configuration: { kind: "PodSecurityConfiguration" },
  });
  expect((await machine.eventually(AuditPolicyConfig, "audit-policy")).spec.config).toMatchObject({ kind: "Policy" });
  expect((await machine.eventually(AuthorizationConfig, "authorization")).spec.config.map(({ type }) => type)).toEqual([
    "Node",
    "RBAC",
  ]);
  expect((await machine.eventually(BootstrapManifestsConfig, "manifests")).spec).toMatchObject({
    string: "https://127.0.0.1:7445",
    podCIDRs: ["10.244.0.0/16"],
    dnsServiceIP: "10.96.0.10",
    flannelEnabled: true,
    proxyEnabled: true,
    coreDNSEnabled: true,
  });
  expect((await machine.eventually(ExtraManifestsConfig, "extra-manifests")).spec.extraManifests).toEqual([]);
});

test("what the owner adds to a pod reaches its resource, live", async () => {
  await using machine = await machineWith({ config: testConfig() }, ...controlPlaneControllers({ places, owners }));
  await machine.eventually(ControllerManagerConfig, "kube-controller-manager");
  const controllerManager = {
    extraArgs: { v: "4" },
    env: { HTTPS_PROXY: "http://proxy" },
    extraVolumes: [{ hostPath: "/var/cm", mountPath: "/etc/My_Dir/", readonly: true }],
    resources: { requests: { cpu: 1, memory: "much" }, limits: { memory: "2Gi" } },
  };
  await configure(machine, withCluster({ controllerManager }));
  const { spec } = await machine.eventually(
    ControllerManagerConfig,
    "kube-controller-manager",
    (found) => found.spec.extraArgs.v === "4",
  );
  expect(spec).toMatchObject({
    environmentVariables: { HTTPS_PROXY: "http://proxy" },
    extraVolumes: [{ name: "etc-my-dir", hostPath: "/var/cm", mountPath: "/etc/My_Dir/", readonly: true }],
    resources: { requests: { cpu: "1", memory: "256Mi" }, limits: { memory: "2Gi" } },
  });
});

test("an authorizer of the owner's comes after those without which nothing works", async () => {
  const authorizationConfig = [
    { type: "Webhook", name: "guard", webhook: { timeout: "3s" } },
    { type: "RBAC", name: "r" },
  ];
  const config = withCluster({ apiServer: { authorizationConfig } });
  await using machine = await machineWith({ config }, ...controlPlaneControllers({ places, owners }));
  const { spec } = await machine.eventually(AuthorizationConfig, "authorization");
  expect(spec.config).toEqual([
    { type: "Node", name: "node", webhook: {} },
    { type: "Webhook", name: "guard", webhook: { timeout: "3s" } },
    { type: "RBAC", name: "r", webhook: {} },
  ]);
});

test("manifests are applied in their order, whoever adds them", async () => {
  const config = withCluster({
    extraManifests: ["https://example.org/extra.yaml"],
    extraManifestHeaders: { Token: "t" },
    externalCloudProvider: { enabled: true, manifests: ["https://example.org/ccm.yaml"] },
    inlineManifests: [{ name: "ns", contents: "kind: Namespace" }],
  });
  await using machine = await machineWith({ config }, ...controlPlaneControllers({ places, owners }));
  const { extraManifests } = (await machine.eventually(ExtraManifestsConfig, "extra-manifests")).spec;
  expect(extraManifests.map(({ name, priority }) => [priority, name])).toEqual([
    ["30", "https://example.org/ccm.yaml"],
    ["99", "https://example.org/extra.yaml"],
    ["99", "ns"],
  ]);
  expect(extraManifests[1]?.extraHeaders).toEqual({ Token: "t" });
  expect(extraManifests[2]?.inlineManifest).toBe("kind: Namespace");
});

test("a worker has none of it", async () => {
  await using machine = await machineWith({ config: testConfig() }, ...controlPlaneControllers({ places, owners }));
  await machine.eventually(SchedulerConfig, "kube-scheduler");
  await configure(machine, testConfig("worker"));
  await machine.eventuallyGone(SchedulerConfig, "kube-scheduler");
  await machine.eventuallyGone(BootstrapManifestsConfig, "manifests");
});
