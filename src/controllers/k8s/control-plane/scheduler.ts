import { images } from "../../../config/index.ts";
import { SchedulerConfig } from "../../../resources/k8s/scheduler-config.ts";
import { documentOrUndefined } from "../document.ts";
import { derivedController } from "./derived.ts";
import { podFields } from "./pod.ts";

/** Says how kube-scheduler runs. */
export const schedulerController = () =>
  derivedController({
    name: "k8s.ControlPlaneSchedulerController",
    kind: SchedulerConfig,
    id: "kube-scheduler",
    from: ({ cluster, machine }) => ({
      ...podFields(cluster.scheduler, images.scheduler, { cpu: "10m", memory: "64Mi" }),
      enabled: !machine.controlPlane.scheduler.disabled,
      config: documentOrUndefined(cluster.scheduler.config) ?? {},
    }),
  });
