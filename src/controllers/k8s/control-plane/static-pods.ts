import { defineController, type ReconcileContext } from "../../../cosi/controller.ts";
import { APIServerConfig } from "../../../resources/k8s/api-server-config.ts";
import { ConfigStatus } from "../../../resources/k8s/config-status.ts";
import { ControllerManagerConfig } from "../../../resources/k8s/controller-manager-config.ts";
import { SchedulerConfig } from "../../../resources/k8s/scheduler-config.ts";
import { SecretStatus } from "../../../resources/k8s/secret-status.ts";
import { StaticPod } from "../../../resources/k8s/static-pod.ts";
import { StaticPodStatus } from "../../../resources/k8s/static-pod-status.ts";
import { KubernetesSecret } from "../../../resources/secrets/kubernetes-secret.ts";
import { Service } from "../../../resources/v1alpha1/service.ts";
import { whyNotServing } from "./api-server-answers.ts";
import { apiServerPod } from "./api-server-pod.ts";
import { parseFileVersions } from "./content-version.ts";
import { controllerManagerPod } from "./controller-manager-pod.ts";
import { FreshStarts } from "./fresh-starts.ts";
import { type ComponentId, type Places, places as placesOfMachine } from "./places.ts";
import type { RenderedPod } from "./pod-document.ts";
import { schedulerPod } from "./scheduler-pod.ts";

type Pods = Map<ComponentId, RenderedPod>;

const components = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const;

/** Between two looks at an API server that starts; nothing tells of it. */
const lookAgainMs = 200;
/** The same, when nothing but a back-off is to be cut short. */
const lookSeldomMs = 1_000;
/** An etcd that is not there after that was not just started again. */
const restartMs = 2_000;

/**
 * Makes the pods of the control plane, once what they need is on disk and etcd, without which none works, is well.
 *
 * The others follow the API server when it answers: started earlier they end at once, and the kubelet waits ten
 * seconds and more before it starts them again. What waits like this when etcd or the API server is back is made anew.
 */
export const controlPlaneStaticPodsController = ({ places = placesOfMachine }: { places?: Places } = {}) => {
  const freshStarts = new FreshStarts();
  let etcdGoneSinceMs: number | undefined;
  /** What was said last of each pod: again only when it changes. */
  const said = new Map<string, string>();
  const sayOnce = ({ log }: ReconcileContext, level: "info" | "warn", about: string, text: string) => {
    if (text !== "" && said.get(about) !== text) log(level, text);
    said.set(about, text);
  };
  return defineController({
    name: "k8s.ControlPlaneStaticPodController",
    inputs: [
      { kind: APIServerConfig, strength: "weak" },
      { kind: ControllerManagerConfig, strength: "weak" },
      { kind: SchedulerConfig, strength: "weak" },
      { kind: SecretStatus, id: "static-pods", strength: "weak" },
      { kind: ConfigStatus, id: "static-pods", strength: "weak" },
      { kind: KubernetesSecret, id: "k8s-certs", strength: "weak" },
      { kind: Service, id: "etcd", strength: "weak" },
      { kind: StaticPodStatus, strength: "weak" },
    ],
    outputs: [{ kind: StaticPod, sharing: "shared" }],
    async reconcile(context) {
      const etcd = (await context.get(Service, "etcd"))?.spec;
      const secrets = (await context.get(SecretStatus, "static-pods"))?.spec;
      const configFiles = (await context.get(ConfigStatus, "static-pods"))?.spec;
      const kubeconfigs = (await context.get(KubernetesSecret, "k8s-certs"))?.spec;
      const exists = etcd && secrets && configFiles && kubeconfigs;
      if (etcd?.healthy !== true) freshStarts.etcdIsAway();
      etcdGoneSinceMs = etcd === undefined ? (etcdGoneSinceMs ?? performance.now()) : undefined;
      // A member that is unwell for a while, or started again, is no reason to stop what talks to it.
      if (exists && !etcd.healthy) return;
      if (etcdGoneSinceMs !== undefined && performance.now() - etcdGoneSinceMs < restartMs)
        return context.requeueAfter(restartMs);
      const statuses = await context.list(StaticPodStatus);
      for (const id of freshStarts.give(statuses)) context.log("info", `${id} starts anew: what it waited for is back`);
      const pods: Pods = exists
        ? await podsOf(context, { secrets: secrets.version, configFiles: configFiles.version }, freshStarts, places)
        : new Map();
      for (const id of components) if (!pods.has(id)) await context.destroy(StaticPod, id);
      const present = new Set((await context.list(StaticPod)).map(({ metadata }) => metadata.id));
      const later = [...pods].filter(([id]) => id !== "kube-apiserver" && !present.has(id));
      for (const [id, rendered] of pods) if (!later.some(([other]) => other === id)) await put(context, id, rendered);
      if ((later.length === 0 && freshStarts.hasSeen(statuses)) || kubeconfigs === undefined) return;
      const reason = await whyNotServing(kubeconfigs.controllerManagerKubeconfig, context.signal);
      if (reason !== undefined) {
        const names = later.map(([id]) => id).join(" and ");
        if (names !== "") sayOnce(context, "info", "waits", `${names} to be started when an API server is ready`);
        return context.requeueAfter(later.length === 0 ? lookSeldomMs : lookAgainMs);
      }
      said.delete("waits");
      for (const [id, rendered] of later) await put(context, id, rendered);
      freshStarts.apiServerServes(statuses);
      // For those that wait for it.
      context.requeueAfter(0);
    },
  });

  async function put(context: ReconcileContext, id: ComponentId, { pod, ignored }: RenderedPod): Promise<void> {
    const what = ignored.join(", ");
    sayOnce(context, "warn", id, what && `ignoring what ${id} cannot have: ${what}`);
    await context.put(StaticPod, id, pod);
  }
};

interface FileVersions {
  readonly secrets: string;
  readonly configFiles: string;
}

async function podsOf(
  { get }: Pick<ReconcileContext, "get">,
  { secrets, configFiles }: FileVersions,
  freshStarts: FreshStarts,
  places: Places,
): Promise<Pods> {
  const apiServer = await get(APIServerConfig, "kube-apiserver");
  const controllerManager = await get(ControllerManagerConfig, "kube-controller-manager");
  const scheduler = await get(SchedulerConfig, "kube-scheduler");
  const files = parseFileVersions(configFiles);
  const versionsOf = (id: ComponentId, config: { readonly metadata: { readonly version: number } }) => ({
    ...{ secrets, config: String(config.metadata.version), freshStarts: freshStarts.countOf(id) },
  });
  const pods: Pods = new Map();
  if (apiServer !== undefined) {
    const versions = { ...versionsOf("kube-apiserver", apiServer), configFiles: String(files.apiServer) };
    pods.set("kube-apiserver", apiServerPod(apiServer.spec, versions, places));
  }
  if (controllerManager?.spec.enabled === true) {
    const versions = versionsOf("kube-controller-manager", controllerManager);
    pods.set("kube-controller-manager", controllerManagerPod(controllerManager.spec, versions, places));
  }
  if (scheduler?.spec.enabled === true) {
    const versions = { ...versionsOf("kube-scheduler", scheduler), configFiles: String(files.scheduler) };
    pods.set("kube-scheduler", schedulerPod(scheduler.spec, versions, places));
  }
  return pods;
}
