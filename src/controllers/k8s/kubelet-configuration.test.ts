import { expect, test } from "bun:test";
import type { KubeletConfig } from "../../resources/k8s/kubelet-config.ts";
import { featureGates } from "./feature-gates.ts";
import { kubeletConfiguration } from "./kubelet-configuration.ts";

const wishes: KubeletConfig = {
  image: "ghcr.io/siderolabs/kubelet:v1.35.4",
  clusterDNS: ["10.96.0.10"],
  clusterDomain: "cluster.local",
  cloudProviderExternal: false,
  defaultRuntimeSeccompEnabled: true,
  skipNodeRegistration: false,
  staticPodListURL: "http://127.0.0.1:1",
  disableManifestsDirectory: false,
  enableFSQuotaMonitoring: false,
  allowSchedulingOnControlPlane: false,
};
const place = { controlPlane: true, sharedKernel: false, cgroupVersion1: false };

test("a control plane's kubelet asks its API server who calls, and keeps others' pods away", () => {
  expect(kubeletConfiguration(wishes, place)).toMatchObject({
    staticPodPath: "/etc/kubernetes/manifests",
    authorization: { mode: "Webhook" },
    registerWithTaints: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }],
    systemReserved: { memory: "512Mi" },
    shutdownGracePeriod: "30s",
    shutdownGracePeriodCriticalPods: "10s",
    seccompDefault: true,
    protectKernelDefaults: true,
  });
});

test("a worker has no taint, and more room for pods", () => {
  const worker = kubeletConfiguration(wishes, { ...place, controlPlane: false });
  expect(worker.systemReserved).toMatchObject({ memory: "384Mi" });
  expect(worker).not.toHaveProperty("registerWithTaints");
});

test("swap keeps no kubelet from starting, and is for pods when the owner says so", () => {
  expect(kubeletConfiguration(wishes, place).failSwapOn).toBe(false);
  const memorySwap = { swapBehavior: "LimitedSwap" };
  const wanted = { ...wishes, extraConfig: { memorySwap, failSwapOn: true } };
  expect(kubeletConfiguration(wanted, place)).toMatchObject({ memorySwap, failSwapOn: true });
});

test("a control plane's taint is added to the owner's, unless they say it themselves, or want pods", () => {
  const given = { key: "dedicated", value: "db", effect: "NoExecute" };
  const own = { key: "node-role.kubernetes.io/control-plane", effect: "PreferNoSchedule" };
  const taintsOf = (config: Partial<KubeletConfig>) =>
    kubeletConfiguration({ ...wishes, ...config }, place).registerWithTaints;
  expect(taintsOf({ extraConfig: { registerWithTaints: [given] } })).toEqual([
    given,
    { key: own.key, effect: "NoSchedule" },
  ]);
  expect(taintsOf({ extraConfig: { registerWithTaints: [own] } })).toEqual([own]);
  expect(taintsOf({ extraArgs: { "register-with-taints": "a=b:NoSchedule" } })).toBeUndefined();
  expect(taintsOf({ allowSchedulingOnControlPlane: true })).toBeUndefined();
});

test("a kubelet that does not register asks nobody", () => {
  const alone = kubeletConfiguration({ ...wishes, skipNodeRegistration: true }, place);
  expect(alone).toMatchObject({
    authorization: { mode: "AlwaysAllow" },
    authentication: { webhook: { enabled: false } },
  });
  expect(alone).not.toHaveProperty("registerWithTaints");
});

test("feature gates are the owner's, also of the one that quotas need", () => {
  const gate = "LocalStorageCapacityIsolationFSQuotaMonitoring";
  const gatesOf = (featureGates: Record<string, boolean>) =>
    kubeletConfiguration({ ...wishes, enableFSQuotaMonitoring: true, extraConfig: { featureGates } }, place)
      .featureGates;
  expect(gatesOf({ GracefulNodeShutdown: true })).toEqual({ GracefulNodeShutdown: true, [gate]: true });
  expect(gatesOf({ [gate]: false })).toEqual({ [gate]: false });
});

test("what the machine depends on cannot be changed, whatever a configuration says", () => {
  const extraConfig = {
    cgroupRoot: "/mine",
    authentication: { anonymous: { enabled: true } },
    shutdownGracePeriod: "1m",
  };
  expect(kubeletConfiguration({ ...wishes, extraConfig }, place)).toMatchObject({
    cgroupRoot: "/",
    authentication: { anonymous: { enabled: false } },
    shutdownGracePeriod: "1m",
  });
});

test("in a container the kubelet leaves the kernel alone, and takes old control groups", () => {
  const shared = kubeletConfiguration(wishes, { ...place, sharedKernel: true, cgroupVersion1: true });
  expect(shared).toMatchObject({ protectKernelDefaults: false, failCgroupV1: false });
  expect(kubeletConfiguration(wishes, place)).not.toHaveProperty("failCgroupV1");
});

test("switching a feature off switches off what depends on it, where the kubelet insists", () => {
  const off = "GracefulNodeShutdown=false";
  const all = `${off},GracefulNodeShutdownBasedOnPodPriority=false,WindowsGracefulNodeShutdown=false`;
  expect(featureGates(off, "ghcr.io/siderolabs/kubelet:v1.35.4")).toBe(all);
  expect(featureGates(off, "ghcr.io/siderolabs/kubelet:v1.34.1")).toBe(off);
  expect(featureGates("GracefulNodeShutdown=true,A=false", "kubelet")).toBe("GracefulNodeShutdown=true,A=false");
  expect(featureGates(all, "kubelet")).toBe(all);
  const extraConfig = { featureGates: { GracefulNodeShutdown: false } };
  expect(kubeletConfiguration({ ...wishes, extraConfig }, place).featureGates).toEqual({
    GracefulNodeShutdown: false,
    GracefulNodeShutdownBasedOnPodPriority: false,
    WindowsGracefulNodeShutdown: false,
  });
});
