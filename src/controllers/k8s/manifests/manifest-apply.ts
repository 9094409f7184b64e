import { Backoff, type BackoffOptions } from "../../../async/backoff.ts";
import { defineController } from "../../../cosi/controller.ts";
import { KubeClient } from "../../../kube/client.ts";
import { UnknownKind } from "../../../kube/discovery.ts";
import { isKubeError, KubeUnreachable } from "../../../kube/kube-error.ts";
import { accessOf } from "../../../kube/kubeconfig.ts";
import { Manifest } from "../../../resources/k8s/manifest.ts";
import { ManifestStatus } from "../../../resources/k8s/manifest-status.ts";
import { Diagnostic } from "../../../resources/runtime/diagnostic.ts";
import { KubernetesSecret } from "../../../resources/secrets/kubernetes-secret.ts";
import { Service } from "../../../resources/v1alpha1/service.ts";
import { type ConnectEtcd, etcdAccessInputs, localEtcd } from "../../etcd/local.ts";
import { type ApplyTroubles, applyObjects } from "./apply-objects.ts";
import { diagnose } from "./diagnose.ts";
import { inOrder } from "./order.ts";

const name = "k8s.ManifestApplyController";
/** Every control plane of the cluster takes it. */
const mutex = "talos:v1:manifestApplyMutex";

export interface ManifestApplyOptions {
  readonly connect?: ConnectEtcd<"withLock">;
  /** Between looks for an API server that is starting; it tells nobody when it is up. */
  readonly startingMs?: number;
  readonly backoff?: BackoffOptions;
}

/** Makes what the manifests say of the cluster, one control plane at a time, as soon as there is an API server. */
export function manifestApplyController(options: ManifestApplyOptions = {}) {
  const { connect = localEtcd, startingMs = 250, backoff: pauses = { initialMs: 500, maximumMs: 60_000 } } = options;
  const backoff = new Backoff(pauses);
  return defineController({
    name,
    inputs: [
      { kind: KubernetesSecret, id: "k8s-certs", strength: "weak" },
      { kind: Manifest, strength: "weak" },
      { kind: Service, id: "etcd", strength: "weak" },
      ...etcdAccessInputs,
    ],
    outputs: [
      { kind: ManifestStatus, sharing: "exclusive" },
      { kind: Diagnostic, sharing: "shared" },
    ],
    async reconcile(context) {
      const secrets = (await context.get(KubernetesSecret, "k8s-certs"))?.spec;
      // It holds the lock, and the API server needs it anyway.
      const etcdIsHealthy = (await context.get(Service, "etcd"))?.spec.healthy === true;
      if (secrets === undefined) return;
      // What was said of the manifests stays true while nobody can be asked.
      context.keep(ManifestStatus, "manifests");
      if (!etcdIsHealthy) return;
      using client = new KubeClient(accessOf(secrets.localhostAdminKubeconfig));
      if (!(await isUp(client, context.signal))) return context.requeueAfter(startingMs);
      const manifests = (await context.list(Manifest)).map(({ metadata, spec }) => ({
        id: metadata.id,
        objects: spec,
      }));
      if (manifests.length === 0) return;
      using etcd = await connect(context);
      if (etcd === undefined) return;
      const onCreated = (object: string) => context.log("info", `created ${object}`);
      const troubles = await etcd.withLock(mutex, (held) => applyObjects(client, inOrder(manifests), onCreated, held), {
        signal: context.signal,
      });
      if (areEarly(troubles) && !(await isReady(client, context.signal))) return context.requeueAfter(startingMs);
      await diagnose(context, name, troubles);
      const manifestsApplied = manifests.map(({ id }) => id).filter((id) => !troubles.has(id));
      await context.put(ManifestStatus, "manifests", { manifestsApplied: manifestsApplied.toSorted() });
      if (troubles.size === 0) backoff.reset();
      else context.requeueAfter(backoff.next());
    },
  });
}

/** Whether there is nothing wrong but that kinds are unknown, which those of the server itself are for some seconds. */
const areEarly = (troubles: ApplyTroubles): boolean =>
  troubles.size > 0 && [...troubles.values()].flat().every(({ cause }) => cause instanceof UnknownKind);

const isReady = (client: KubeClient, signal: AbortSignal): Promise<boolean> =>
  client.text("/readyz", {}, signal).then(
    () => true,
    () => false,
  );

/**
 * With its namespaces it has all that manifests need, well before everything in it calls itself ready.
 * @throws Failure for what waiting does not mend: certificates, rights
 */
async function isUp(client: KubeClient, signal: AbortSignal): Promise<boolean> {
  try {
    return (await client.find("/api/v1/namespaces/kube-system", signal)) !== undefined;
  } catch (thrown) {
    if (thrown instanceof KubeUnreachable || (isKubeError(thrown) && thrown.code >= 429)) return false;
    throw thrown;
  }
}
