import { defineController, type ReconcileContext } from "../../../cosi/controller.ts";
import { APIServerConfig } from "../../../resources/k8s/api-server-config.ts";
import { ConfigStatus } from "../../../resources/k8s/config-status.ts";
import { ControllerManagerConfig } from "../../../resources/k8s/controller-manager-config.ts";
import { SchedulerConfig } from "../../../resources/k8s/scheduler-config.ts";
import { SecretStatus } from "../../../resources/k8s/secret-status.ts";
import { StaticPod } from "../../../resources/k8s/static-pod.ts";
import { Service } from "../../../resources/v1alpha1/service.ts";
import { apiServerPod, type RenderedPod } from "./api-server-pod.ts";
import { controllerManagerPod } from "./controller-manager-pod.ts";
import { type ComponentId, type Places, places as placesOfMachine } from "./places.ts";
import { schedulerPod } from "./scheduler-pod.ts";

type Pods = Map<ComponentId, RenderedPod>;

/** Makes the pods of the control plane, once what they need is on disk and etcd, without which none works, is well. */
export const controlPlaneStaticPodsController = ({ places = placesOfMachine }: { places?: Places } = {}) => {
  /** What was said last of each pod's flags: again only when it changes. */
  const said = new Map<ComponentId, string>();
  return defineController({
    name: "k8s.ControlPlaneStaticPodController",
    inputs: [
      { kind: APIServerConfig, strength: "weak" },
      { kind: ControllerManagerConfig, strength: "weak" },
      { kind: SchedulerConfig, strength: "weak" },
      { kind: SecretStatus, id: "static-pods", strength: "weak" },
      { kind: ConfigStatus, id: "static-pods", strength: "weak" },
      { kind: Service, id: "etcd", strength: "weak" },
    ],
    outputs: [{ kind: StaticPod, sharing: "shared" }],
    async reconcile(context) {
      const etcd = (await context.get(Service, "etcd"))?.spec;
      const secrets = (await context.get(SecretStatus, "static-pods"))?.spec;
      const configFiles = (await context.get(ConfigStatus, "static-pods"))?.spec;
      const exists = etcd !== undefined && secrets !== undefined && configFiles !== undefined;
      // A member that is unwell for a while is no reason to stop what talks to it.
      if (exists && !etcd.healthy) return;
      const pods: Pods = exists ? await podsOf(context, secrets.version, configFiles.version, places) : new Map();
      for (const [id, { pod, denied }] of pods) {
        const names = denied.join(", ");
        if (names !== "" && said.get(id) !== names)
          context.log("warn", `ignoring extraArgs of ${id} that are not to be set: ${names}`);
        said.set(id, names);
        await context.put(StaticPod, id, pod);
      }
      for (const id of ["kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const) {
        if (!pods.has(id)) await context.destroy(StaticPod, id);
      }
    },
  });
};

async function podsOf(context: ReconcileContext, secrets: string, configFiles: string, places: Places): Promise<Pods> {
  const apiServer = await context.get(APIServerConfig, "kube-apiserver");
  const controllerManager = await context.get(ControllerManagerConfig, "kube-controller-manager");
  const scheduler = await context.get(SchedulerConfig, "kube-scheduler");
  const versionsOf = ({ metadata }: { readonly metadata: { readonly version: number } }) => ({
    secrets,
    configFiles,
    config: String(metadata.version),
  });
  const pods: Pods = new Map();
  if (apiServer !== undefined) pods.set("kube-apiserver", apiServerPod(apiServer.spec, versionsOf(apiServer), places));
  if (controllerManager?.spec.enabled === true)
    pods.set(
      "kube-controller-manager",
      controllerManagerPod(controllerManager.spec, versionsOf(controllerManager), places),
    );
  if (scheduler?.spec.enabled === true)
    pods.set("kube-scheduler", schedulerPod(scheduler.spec, versionsOf(scheduler), places));
  return pods;
}
