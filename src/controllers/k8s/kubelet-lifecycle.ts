import { defineController } from "../../cosi/controller.ts";
import { KubeletLifecycle } from "../../resources/k8s/kubelet-lifecycle.ts";
import { MachineStatus } from "../../resources/runtime/machine-status.ts";
import { Service } from "../../resources/v1alpha1/service.ts";

const leaving: ReadonlySet<string> = new Set(["rebooting", "shutting down", "upgrading", "resetting"]);

/**
 * Tells those who need the kubelet that it runs, and when the machine is about to end it: then the resource is torn
 * down, and whoever holds it by a finalizer may still use what its pods serve until it lets go.
 */
export const kubeletLifecycleController = () =>
  defineController({
    name: "k8s.KubeletLifecycleController",
    inputs: [
      { kind: Service, id: "kubelet", strength: "weak" },
      { kind: MachineStatus, id: "machine", strength: "weak" },
      { kind: KubeletLifecycle, id: "kubelet", strength: "destroyReady" },
    ],
    outputs: [{ kind: KubeletLifecycle, sharing: "exclusive" }],
    async reconcile(context) {
      const stage = (await context.get(MachineStatus, "machine"))?.spec.stage ?? "";
      if ((await context.get(Service, "kubelet")) === undefined || leaving.has(stage)) return;
      await context.put(KubeletLifecycle, "kubelet", {});
    },
  });
