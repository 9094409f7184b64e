import { expect, test } from "bun:test";
import { kubeletLifecycleController } from "../../controllers/k8s/kubelet-lifecycle.ts";
import { nodeCordonedSpecController } from "../../controllers/k8s/node-cordoned-spec.ts";
import { runtimeWith } from "../../cosi/testing.ts";
import { KubeletLifecycle } from "../../resources/k8s/kubelet-lifecycle.ts";
import { NodeCordonedSpec } from "../../resources/k8s/node-cordoned-spec.ts";
import { MachineStatus } from "../../resources/runtime/machine-status.ts";
import { Service } from "../../resources/v1alpha1/service.ts";
import { releaseKubelet } from "./release-kubelet.ts";

type Stage = MachineStatus["stage"];

async function machineIn(stage: Stage) {
  const machine = await runtimeWith(kubeletLifecycleController(), nodeCordonedSpecController());
  await machine.state.create(Service, "kubelet", { running: true, healthy: true, unknown: false });
  const enter = (next: Stage) =>
    machine.state.modify(MachineStatus, "machine", () => ({
      stage: next,
      status: { ready: true, unmetConditions: [] },
    }));
  await enter(stage);
  return { machine, enter };
}

test("a machine that leaves waits for whoever needs its kubelet", async () => {
  const { machine, enter } = await machineIn("running");
  await using _ = machine;
  await machine.eventually(KubeletLifecycle, "kubelet");
  await machine.state.addFinalizer(KubeletLifecycle, "kubelet", "address-holder");
  await enter("rebooting");
  await machine.eventually(KubeletLifecycle, "kubelet", ({ metadata }) => metadata.phase === "tearingDown");
  let released = false;
  const signal = new AbortController().signal;
  const release = releaseKubelet(machine.state, () => undefined, signal).then(() => {
    released = true;
  });
  expect(released).toBe(false);
  await machine.state.removeFinalizer(KubeletLifecycle, "kubelet", "address-holder");
  await release;
  expect(await machine.state.get(KubeletLifecycle, "kubelet")).toBeUndefined();
});

test("a machine without a kubelet waits for nobody", async () => {
  await using machine = await runtimeWith(kubeletLifecycleController());
  const said: string[] = [];
  await releaseKubelet(machine.state, (_, line) => said.push(line), new AbortController().signal);
  expect(said).toEqual([]);
});

test("pods stay away from a machine that goes for good, not from one that reboots", async () => {
  const { machine, enter } = await machineIn("rebooting");
  await using _ = machine;
  await machine.eventuallyGone(KubeletLifecycle, "kubelet");
  expect(await machine.state.get(NodeCordonedSpec, "cordoned")).toBeUndefined();
  await enter("shutting down");
  await machine.eventually(NodeCordonedSpec, "cordoned");
  await enter("running");
  await machine.eventuallyGone(NodeCordonedSpec, "cordoned");
});
