import { parseDuration } from "../../clock/duration.ts";
import type { State } from "../../cosi/state.ts";
import { messageOf } from "../../errors/message.ts";
import { KubeletSpec } from "../../resources/k8s/kubelet-spec.ts";
import type { Log, Supervisor } from "../machine.ts";
import type { LoginManager } from "./login-manager.ts";
import { inhibitDelayMaxMs } from "./methods.ts";

/** What the kubelet may take beyond the time that it gives its pods: it kills those that do not end themselves. */
const marginMs = 10_000;

export interface EndPodsHost {
  readonly state: State;
  readonly supervisor: Pick<Supervisor, "stop">;
  readonly login: LoginManager;
  readonly log: Log;
}

/**
 * Has the kubelet end its pods in order, by its own configuration (shutdownGracePeriod), and then ends the kubelet, so
 * that nothing starts again. Never fails: the machine is about to end in any case.
 */
export async function endPods({ state, supervisor, login, log }: EndPodsHost, signal: AbortSignal): Promise<void> {
  const config = (await state.get(KubeletSpec, "kubelet"))?.spec.config ?? {};
  const waited = await login.prepareForShutdown(patienceMs(config.shutdownGracePeriod), signal);
  for (const who of waited) log("warn", `no longer waiting for ${who}`);
  try {
    await supervisor.stop("kubelet");
  } catch (thrown) {
    log("warn", messageOf(thrown));
  }
}

function patienceMs(gracePeriod: unknown): number {
  try {
    return Math.min(parseDuration(String(gracePeriod ?? "0")) + marginMs, inhibitDelayMaxMs);
  } catch {
    return marginMs; // the kubelet does not understand it either
  }
}
