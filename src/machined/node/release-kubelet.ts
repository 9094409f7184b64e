import type { State } from "../../cosi/state.ts";
import { KubeletLifecycle } from "../../resources/k8s/kubelet-lifecycle.ts";
import type { Log } from "../machine.ts";

const limitMs = 30_000;

/** Waits until nobody needs the kubelet any more, now that the machine is leaving; not for ever. */
export async function releaseKubelet(state: State, log: Log, signal: AbortSignal): Promise<void> {
  const enough = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  for await (const event of state.watch(KubeletLifecycle, { id: "kubelet", signal: enough })) {
    if (event.type === "destroyed") return;
  }
  const holders = (await state.get(KubeletLifecycle, "kubelet"))?.metadata.finalizers ?? [];
  if (!signal.aborted) log("warn", `The kubelet is ended although it is needed by ${holders.join(", ") || "somebody"}`);
}
