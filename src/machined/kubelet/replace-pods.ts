import type { ServiceHost } from "../supervisor/service.ts";
import type { ServiceSupervisor } from "../supervisor/supervisor.ts";

export interface PodReplacer {
  readonly containerd: ServiceHost["containerd"];
  readonly supervisor: Pick<ServiceSupervisor, "stop" | "start">;
}

/** Ends pods, by `<namespace>/<name>`, behind the kubelet's back: it would start them again as they were. */
export async function replacePods({ containerd, supervisor }: PodReplacer, ids: ReadonlySet<string>): Promise<void> {
  await supervisor.stop("kubelet");
  try {
    const { runtimeService } = await containerd();
    const pods = await runtimeService.readyPods();
    const outdated = pods.filter(({ namespace, name }) => ids.has(`${namespace}/${name}`));
    await Promise.all(outdated.map(({ id }) => runtimeService.stopPod(id)));
  } finally {
    await supervisor.start("kubelet");
  }
}
