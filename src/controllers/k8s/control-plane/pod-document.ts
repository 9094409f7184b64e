import type { Document } from "../../../resources/fields/struct.ts";
import type { APIServerConfig } from "../../../resources/k8s/api-server-config.ts";
import { versionOfImage } from "./image-version.ts";
import { goMemoryLimit } from "./memory-limit.ts";
import { type AcceptedWishes, acceptedWishes } from "./owner-wishes.ts";
import { type ComponentId, componentUsers, type OwnVolume } from "./places.ts";
import { type PodVersions, versionAnnotations } from "./pod-versions.ts";

/** As the kubelet has it for what must run before all else. */
const systemCriticalPriority = 2_000_000_000;

/** What all three resources of the control plane say of their pods. */
type PodConfig = Pick<APIServerConfig, "image" | "extraVolumes" | "environmentVariables" | "resources">;

export interface ControlPlanePod {
  readonly id: ComponentId;
  readonly config: PodConfig;
  readonly command: readonly string[];
  /** Flags of the configuration that were not taken. */
  readonly denied: readonly string[];
  readonly versions: PodVersions;
  readonly volumes: readonly OwnVolume[];
  readonly probes?: Document;
  /** Beyond none. */
  readonly capabilities?: readonly string[];
}

export interface RenderedPod {
  readonly pod: Document;
  /** Places of what the configuration wishes and the pod cannot have, such as `extraArgs.tls-cert-file`. */
  readonly ignored: readonly string[];
}

/** A pod of the control plane, as the kubelet takes it. */
export function podDocument(pod: ControlPlanePod): RenderedPod {
  const { id, versions, config, volumes } = pod;
  const user = componentUsers[id];
  const wishes = acceptedWishes(config, volumes);
  const document: Document = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...{ name: id, namespace: "kube-system", labels: labelsOf(id, config.image) },
      annotations: versionAnnotations(versions),
    },
    spec: {
      priority: systemCriticalPriority,
      priorityClassName: "system-cluster-critical",
      hostNetwork: true,
      securityContext: { runAsNonRoot: true, runAsUser: user, runAsGroup: user },
      containers: [containerOf(pod, wishes)],
      volumes: [
        ...volumes.map(({ name, path }) => ({ name, hostPath: { path } })),
        ...wishes.volumes.map(({ name, hostPath }) => ({ name, hostPath: { path: hostPath } })),
      ],
    },
  };
  return { pod: document, ignored: [...pod.denied.map((flag) => `extraArgs.${flag}`), ...wishes.ignored] };
}

const labelsOf = (id: ComponentId, image: string): Document => ({
  tier: "control-plane",
  "k8s-app": id,
  component: id,
  "app.kubernetes.io/name": id,
  "app.kubernetes.io/version": labelValue(versionOfImage(image) ?? "unknown"),
  "app.kubernetes.io/component": "control-plane",
  "app.kubernetes.io/managed-by": "Talos",
});

/** Tags may be longer than labels. */
const labelValue = (text: string): string => text.slice(0, 63).replace(/[^0-9A-Za-z]+$/, "");

function containerOf(pod: ControlPlanePod, wishes: AcceptedWishes): Document {
  const { id, config, command, volumes, probes = {}, capabilities = [] } = pod;
  return {
    name: id,
    image: config.image,
    command: [...command],
    env: environmentOf(config, wishes),
    volumeMounts: [
      ...volumes.map(({ name, path, readOnly }) => ({ name, mountPath: path, readOnly })),
      ...wishes.volumes.map(({ name, mountPath, readonly }) => ({ name, mountPath, readOnly: readonly })),
    ],
    // Its last words become a part of its status: with the API server down, nobody else could tell them.
    terminationMessagePolicy: "FallbackToLogsOnError",
    resources: { requests: config.resources.requests, limits: config.resources.limits },
    ...probes,
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"], ...(capabilities.length === 0 ? {} : { add: [...capabilities] }) },
      seccompProfile: { type: "RuntimeDefault" },
    },
  };
}

function environmentOf({ resources }: PodConfig, { environment }: AcceptedWishes): Document[] {
  const limit = goMemoryLimit(resources.limits.memory);
  return [
    { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
    // The kubelet would take $(NAME) for a reference; the owner means what is written.
    ...environment.map(([name, value]) => ({ name, value: value.replaceAll("$", "$$$$") })),
    ...(limit === undefined ? [] : [{ name: "GOMEMLIMIT", value: limit }]),
  ];
}

/** Asks a component over TLS on this machine whether it is well. */
export const probeOf = (port: number, path: string): Document => ({
  httpGet: { host: "localhost", port, path, scheme: "HTTPS" },
});

/**
 * Readiness, as patient as by default (half a minute) but seen sooner: a kubelet that is younger than a probe's period
 * waits a random part of that before it looks for the first time.
 */
export const seenSoon: Document = { periodSeconds: 3, failureThreshold: 10 };

/** A start that may take so long, seen within a second. */
export const startsWithin = (seconds: number): Document => ({ periodSeconds: 1, failureThreshold: seconds });
