import type { ControllerInput, ReconcileContext } from "../../../cosi/controller.ts";
import { KubeletLifecycle } from "../../../resources/k8s/kubelet-lifecycle.ts";
import { StaticPodStatus } from "../../../resources/k8s/static-pod-status.ts";
import { Service } from "../../../resources/v1alpha1/service.ts";
import { reachInputs } from "../../etcd/reach.ts";

/** What decides whether this machine may have an address that control planes share. */
export const dutyInputs: readonly ControllerInput[] = [
  // Elections are held by the control plane's database.
  { kind: Service, id: "etcd", strength: "weak" },
  // A machine whose member left lets go by another's.
  ...reachInputs,
  // A machine that leaves hands the address over while everything that others reach by it still runs.
  { kind: KubeletLifecycle, id: "kubelet", strength: "strong" },
  { kind: StaticPodStatus, strength: "weak" },
];

const apiServer = "kube-system/kube-apiserver-";

/** Whether it takes part; lets others have their turn, and then takes part again; or does not. */
export type SharedAddressTurn = "stays" | "yields" | "rests";

/** Whether this machine may take part in elections, and whether it should let others have their turn. */
export class SharedAddressDuty {
  #hadApiServer = false;

  async look(context: Pick<ReconcileContext, "get" | "list">): Promise<SharedAddressTurn> {
    const etcd = (await context.get(Service, "etcd"))?.spec;
    // One that is being stopped is healthy to its end.
    const isHealthy = etcd?.running === true && etcd.healthy;
    const isStaying = (await context.get(KubeletLifecycle, "kubelet"))?.metadata.phase === "running";
    const hasApiServer = (await context.list(StaticPodStatus)).some(({ metadata }) =>
      metadata.id.startsWith(apiServer),
    );
    // Before the first one there is none anywhere: somebody has to have the address meanwhile.
    const isGone = this.#hadApiServer && !hasApiServer;
    this.#hadApiServer = hasApiServer;
    if (!isHealthy || !isStaying) return "rests";
    return isGone ? "yields" : "stays";
  }

  /** Keeps the kubelet from being ended while an election goes on. */
  async hold(context: Pick<ReconcileContext, "get" | "addFinalizer" | "removeFinalizer">, isAtWork: boolean) {
    const phase = (await context.get(KubeletLifecycle, "kubelet"))?.metadata.phase;
    if (isAtWork && phase === "running") await context.addFinalizer(KubeletLifecycle, "kubelet");
    if (!isAtWork && phase !== undefined) await context.removeFinalizer(KubeletLifecycle, "kubelet");
  }
}
