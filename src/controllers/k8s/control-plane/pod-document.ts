import type { Document } from "../../../resources/fields/struct.ts";
import type { APIServerConfig } from "../../../resources/k8s/api-server-config.ts";
import { versionOfImage } from "./image-version.ts";
import { goMemoryLimit } from "./memory-limit.ts";
import { type ComponentId, componentUsers } from "./places.ts";

/** As the kubelet has it for what must run before all else. */
const systemCriticalPriority = 2_000_000_000;

/** What all three resources of the control plane say of their pods. */
type PodConfig = Pick<APIServerConfig, "image" | "extraVolumes" | "environmentVariables" | "resources">;

/** A directory of the machine that the pod sees under the same path. */
export interface OwnVolume {
  readonly name: string;
  readonly path: string;
  readonly readOnly: boolean;
}

export interface ControlPlanePod {
  readonly id: ComponentId;
  readonly config: PodConfig;
  readonly command: readonly string[];
  /** A pod whose annotations change is made anew: they tell which secrets and configuration it was made with. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly volumes: readonly OwnVolume[];
  readonly probes?: Document;
  /** Beyond none. */
  readonly capabilities?: readonly string[];
}

/** A pod of the control plane, as the kubelet takes it. */
export function podDocument(pod: ControlPlanePod): Document {
  const { id, annotations, config, volumes } = pod;
  const user = componentUsers[id];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: id, namespace: "kube-system", annotations, labels: labelsOf(id, config.image) },
    spec: {
      priority: systemCriticalPriority,
      priorityClassName: "system-cluster-critical",
      hostNetwork: true,
      securityContext: { runAsNonRoot: true, runAsUser: user, runAsGroup: user },
      containers: [containerOf(pod)],
      volumes: [
        ...volumes.map(({ name, path }) => ({ name, hostPath: { path } })),
        ...config.extraVolumes.map(({ name, hostPath }) => ({ name, hostPath: { path: hostPath } })),
      ],
    },
  };
}

const labelsOf = (id: ComponentId, image: string): Document => ({
  tier: "control-plane",
  "k8s-app": id,
  component: id,
  "app.kubernetes.io/name": id,
  "app.kubernetes.io/version": versionOfImage(image) ?? "unknown",
  "app.kubernetes.io/component": "control-plane",
  "app.kubernetes.io/managed-by": "Talos",
});

function containerOf({ id, config, command, volumes, probes = {}, capabilities = [] }: ControlPlanePod): Document {
  return {
    name: id,
    image: config.image,
    command: [...command],
    env: environmentOf(config),
    volumeMounts: [
      ...volumes.map(({ name, path, readOnly }) => ({ name, mountPath: path, readOnly })),
      ...config.extraVolumes.map(({ name, mountPath, readonly }) => ({ name, mountPath, readOnly: readonly })),
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

function environmentOf({ environmentVariables, resources }: PodConfig): Document[] {
  const owners = Object.entries(environmentVariables).toSorted(([left], [right]) => (left < right ? -1 : 1));
  const limit = goMemoryLimit(resources.limits.memory);
  return [
    { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
    // The kubelet would take $(NAME) for a reference; the owner means what is written.
    ...owners.map(([name, value]) => ({ name, value: value.replaceAll("$", "$$$$") })),
    ...(limit === undefined ? [] : [{ name: "GOMEMLIMIT", value: limit }]),
  ];
}

/** Asks a component over TLS on this machine whether it is well. */
export const probeOf = (port: number, path: string): Document => ({
  httpGet: { host: "localhost", port, path, scheme: "HTTPS" },
});
