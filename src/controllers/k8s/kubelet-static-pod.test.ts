import { expect, test } from "bun:test";
import { eventually } from "../../../test/support/eventually.ts";
import { Notice } from "../../async/notice.ts";
import { testConfig } from "../../config/testing.ts";
import type { KubeletAccess, KubeletPod } from "../../kube/kubelet.ts";
import { StaticPod } from "../../resources/k8s/static-pod.ts";
import { StaticPodStatus } from "../../resources/k8s/static-pod-status.ts";
import { KubernetesDynamicCert } from "../../resources/secrets/kubernetes-dynamic-cert.ts";
import { Service } from "../../resources/v1alpha1/service.ts";
import { kubernetesRootController } from "../secrets/kubernetes-root.ts";
import { machineWith } from "../testing.ts";
import { kubeletStaticPodController } from "./kubelet-static-pod.ts";
import { nodenameController } from "./nodename.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const pair = (name: string) => ({ crt: bytes(`${name} certificate`), key: bytes(`${name} key`) });
const pod = (name: string, source: string, phase = "Running"): KubeletPod => ({
  metadata: { name, namespace: "kube-system", annotations: { "kubernetes.io/config.source": source } },
  status: { phase },
});

test("static pods are shown as the kubelet has them, until it stops", async () => {
  const happened = new Notice();
  const asked: KubeletAccess[] = [];
  let pods: readonly KubeletPod[] | undefined = [pod("apiserver", "http"), pod("mine", "file"), pod("coredns", "api")];
  const controller = kubeletStaticPodController({
    async *podEvents(signal) {
      for (; !signal.aborted; await happened.next(signal)) yield "/tasks/start";
    },
    async list(access) {
      asked.push(access);
      if (pods === undefined) throw new Error("nobody answers");
      return pods;
    },
  });
  const others = [nodenameController(), kubernetesRootController()];
  await using machine = await machineWith({ config: testConfig(), hostname: "n1" }, ...others, controller);
  const { state } = machine;
  await state.create(KubernetesDynamicCert, "k8s-dynamic-certs", {
    ...{ apiServer: pair("server"), apiServerKubeletClient: pair("client"), frontProxy: pair("proxy") },
  });
  await state.create(Service, "kubelet", { running: true, healthy: true, unknown: false });
  await machine.eventually(StaticPodStatus, "kube-system/apiserver", ({ spec }) => spec.phase === "Running");
  await machine.eventually(StaticPodStatus, "kube-system/mine");
  expect(await state.get(StaticPodStatus, "kube-system/coredns")).toBeUndefined();
  expect(asked[0]).toMatchObject({ nodename: "n1", certificate: "client certificate", key: "client key" });
  expect(asked[0]?.ca).toContain("BEGIN CERTIFICATE");

  pods = [pod("apiserver", "http", "Failed")];
  happened.post();
  await machine.eventually(StaticPodStatus, "kube-system/apiserver", ({ spec }) => spec.phase === "Failed");
  await machine.eventuallyGone(StaticPodStatus, "kube-system/mine");

  // One that does not answer has not lost its pods.
  pods = undefined;
  const before = asked.length;
  happened.post();
  await eventually(
    async () => asked.length,
    (count) => count >= before + 2,
    { intervalMs: 1 },
  );
  expect(await state.get(StaticPodStatus, "kube-system/apiserver")).toBeDefined();

  await state.modify(Service, "kubelet", (service) => ({ ...service, running: false, healthy: false, unknown: false }));
  await machine.eventuallyGone(StaticPodStatus, "kube-system/apiserver");
});

test("what has failed is shown without the kubelet, until it tells for the first time", async () => {
  const happened = new Notice();
  const wanted: string[] = [];
  let pods: readonly KubeletPod[] | undefined;
  const controller = kubeletStaticPodController({
    async *podEvents(signal) {
      for (; !signal.aborted; await happened.next(signal)) yield "/tasks/exit";
    },
    async list() {
      if (pods === undefined) throw new Error("it has no API server to ask whether it may answer");
      return pods;
    },
    async failed(ids) {
      wanted.push(...ids);
      return ids.has("kube-system/kube-apiserver-n1") ? [pod("kube-apiserver-n1", "", "Broken")] : [];
    },
  });
  const others = [nodenameController(), kubernetesRootController()];
  await using machine = await machineWith({ config: testConfig(), hostname: "n1" }, ...others, controller);
  const { state } = machine;
  await state.create(KubernetesDynamicCert, "k8s-dynamic-certs", {
    ...{ apiServer: pair("server"), apiServerKubeletClient: pair("client"), frontProxy: pair("proxy") },
  });
  await state.create(Service, "kubelet", { running: true, healthy: true, unknown: false });
  await state.create(StaticPod, "kube-apiserver", { metadata: { name: "kube-apiserver", namespace: "kube-system" } });
  await machine.eventually(StaticPodStatus, "kube-system/kube-apiserver-n1", ({ spec }) => spec.phase === "Broken");
  pods = [pod("kube-apiserver-n1", "http")];
  happened.post();
  await machine.eventually(StaticPodStatus, "kube-system/kube-apiserver-n1", ({ spec }) => spec.phase === "Running");
  expect(new Set(wanted)).toEqual(new Set(["kube-system/kube-apiserver-n1"]));
});
