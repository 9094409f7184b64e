import { expect, test } from "bun:test";
import { eventually } from "../../../test/support/eventually.ts";
import { testConfig } from "../../config/testing.ts";
import type { Controller } from "../../cosi/controller.ts";
import { StaticPod } from "../../resources/k8s/static-pod.ts";
import { KubernetesDynamicCert } from "../../resources/secrets/kubernetes-dynamic-cert.ts";
import { Service } from "../../resources/v1alpha1/service.ts";
import { kubernetesRootController } from "../secrets/kubernetes-root.ts";
import { machineWith } from "../testing.ts";
import { kubeletOutdatedPodController } from "./kubelet-outdated-pod.ts";
import { nodenameController } from "./nodename.ts";

const pair = { crt: new Uint8Array([1]), key: new Uint8Array([2]) };
const podWith = (argument: string) => ({
  metadata: { name: "kube-apiserver", namespace: "kube-system" },
  spec: { containers: [{ name: "kube-apiserver", args: [argument] }] },
});

/** A machine whose kubelet answers once it has a server, and what was replaced there. */
async function machineWithKubelet() {
  const kubelet = { hasServer: false, replaced: [] as string[][] };
  const controller = kubeletOutdatedPodController({
    list: async () => {
      if (!kubelet.hasServer) throw new Error("it has no API server to ask whether it may answer");
      return [];
    },
    replace: async (ids) => void kubelet.replaced.push([...ids]),
  });
  let passes = 0;
  const counted: Controller = {
    ...controller,
    async reconcile(context) {
      await controller.reconcile(context);
      passes += 1;
    },
  };
  const others = [nodenameController(), kubernetesRootController()];
  const machine = await machineWith({ config: testConfig(), hostname: "n1" }, ...others, counted);
  const { state } = machine;
  /** Does it, and waits for the pass that follows. */
  const seen = async (act: () => Promise<unknown>) => {
    const before = passes;
    await act();
    await eventually(
      async () => passes,
      (count) => count > before,
      { intervalMs: 1 },
    );
  };
  await state.create(KubernetesDynamicCert, "k8s-dynamic-certs", {
    ...{ apiServer: pair, apiServerKubeletClient: pair, frontProxy: pair },
  });
  await state.create(StaticPod, "kube-apiserver", podWith("--nonsense"));
  const run = (running: boolean, healthy = running) =>
    seen(() => state.modify(Service, "kubelet", () => ({ running, healthy, unknown: false })));
  const change = (argument: string) => seen(() => state.modify(StaticPod, "kube-apiserver", () => podWith(argument)));
  return { machine, state, kubelet, seen, run, change };
}

test("a pod that changes or goes before the kubelet has an API server is ended for it", async () => {
  const { machine, state, kubelet, seen, run, change } = await machineWithKubelet();
  await using _ = machine;
  await run(true);
  await run(true, false);
  expect(kubelet.replaced).toEqual([]);
  await change("--v=1");
  await run(true);
  expect(kubelet.replaced).toEqual([["kube-system/kube-apiserver-n1"]]);
  await seen(() => state.destroy(StaticPod, "kube-apiserver"));
  await run(true, false);
  expect(kubelet.replaced).toHaveLength(2);
});

test("a kubelet that has one is left alone, and the next is a matter of its own", async () => {
  const { machine, kubelet, run, change } = await machineWithKubelet();
  await using _ = machine;
  kubelet.hasServer = true;
  await run(true);
  kubelet.hasServer = false;
  await change("--v=1");
  await run(false);
  await change("--v=2");
  await run(true);
  expect(kubelet.replaced).toEqual([]);
  await change("--v=3");
  expect(kubelet.replaced).toHaveLength(1);
});
