import { kubernetesNamespace } from "../../containerd/client.ts";
import { Service } from "../../resources/v1alpha1/service.ts";
import { whenResource } from "../supervisor/conditions.ts";
import type { ServiceHost } from "../supervisor/service.ts";

const filters = ["start", "exit", "delete"].map((what) => `namespace==${kubernetesNamespace},topic=="/tasks/${what}"`);

/**
 * Yields when a container of a pod starts or ends; from when containerd runs until the signal aborts.
 * @throws Failure when containerd goes away meanwhile
 */
export async function* podEvents(
  { state, containerd }: Pick<ServiceHost, "state" | "containerd">,
  signal: AbortSignal,
): AsyncGenerator<string> {
  await whenResource(state, Service, "containerd", ({ healthy }) => healthy, signal);
  const { events } = await containerd();
  for await (const { topic } of events.subscribe(filters, signal)) yield topic;
}
