import { kubernetesNamespace } from "../../containerd/client.ts";
import type { ServiceHost } from "../supervisor/service.ts";

/** For a slow line. The kubelet tries again what fails. */
const timeoutMs = 600_000;

/** Fetches an image for the pods of the kubelet; asks no registry for one that is there. */
export async function fetchPodImage(
  host: Pick<ServiceHost, "containerd">,
  reference: string,
  signal: AbortSignal,
): Promise<void> {
  const containerd = await host.containerd();
  if ((await containerd.in(kubernetesNamespace).images.get(reference)) !== undefined) return;
  await containerd.imageService.pull(reference, { signal, timeoutMs });
}
