import { pause } from "../../async/pause.ts";
import { kubernetesNamespace } from "../../containerd/client.ts";
import { isUnavailable } from "../../containerd/missing.ts";
import { Service } from "../../resources/v1alpha1/service.ts";
import { whenResource } from "../supervisor/conditions.ts";
import type { ServiceHost } from "../supervisor/service.ts";

const filters = ["start", "exit", "delete"].map((what) => `namespace==${kubernetesNamespace},topic=="/tasks/${what}"`);
const reconnectEveryMs = 500;

/**
 * Yields when a container of a pod starts or ends, and when that may have happened unseen: containerd restarts now and
 * then, and its containers live on. From when it runs until the signal aborts.
 */
export async function* podEvents(
  { state, containerd }: Pick<ServiceHost, "state" | "containerd">,
  signal: AbortSignal,
): AsyncGenerator<void> {
  while (!signal.aborted) {
    await whenResource(state, Service, "containerd", ({ healthy }) => healthy, signal);
    yield;
    try {
      const { events } = await containerd();
      for await (const _ of events.subscribe(filters, signal)) yield;
    } catch (thrown) {
      if (!isUnavailable(thrown)) throw thrown;
    }
    await pause(reconnectEveryMs, signal); // its socket is gone before its service is known to be
  }
}
