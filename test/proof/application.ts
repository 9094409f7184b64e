import type { KubeObject } from "../../src/kube/object.ts";

const image = "registry.test/http-server:1.0.0";

export interface Application {
  readonly name: string;
  readonly replicas: number;
  /** Port of every node that leads to it; none: it is reached inside the cluster only. */
  readonly nodePort?: number;
  /** Directory of the machine that outlives its pods; mounted at /data. */
  readonly keepsIn?: string;
}

const podTemplate = ({ name, keepsIn }: Application) => ({
  metadata: { labels: { app: name } },
  spec: {
    // So that a hundred of them do not wait for the slowest.
    terminationGracePeriodSeconds: 1,
    tolerations: [{ operator: "Exists" }],
    containers: [
      {
        name: "web",
        image,
        args: keepsIn === undefined ? [] : ["-data", "/data"],
        // Asked often, to be ready soon; a host that is busy takes its time to answer.
        readinessProbe: { httpGet: { path: "/healthz", port: 8_080 }, periodSeconds: 1, timeoutSeconds: 20 },
        ...(keepsIn && { securityContext: { runAsUser: 0 }, volumeMounts: [{ name: "data", mountPath: "/data" }] }),
      },
    ],
    ...(keepsIn && { volumes: [{ name: "data", persistentVolumeClaim: { claimName: name } }] }),
  },
});

/** What Kubernetes is asked for: pods, one address for all of them, and what they keep. */
export function manifestsOf(application: Application): KubeObject[] {
  const { name, replicas, nodePort, keepsIn } = application;
  const selector = { app: name };
  const metadata = { name, namespace: "default" };
  const template = podTemplate(application);
  const ports = [{ port: 80, targetPort: 8_080, ...(nodePort && { nodePort }) }];
  return [
    ...(keepsIn === undefined ? [] : storage(name, keepsIn)),
    {
      ...{ apiVersion: "apps/v1", kind: "Deployment", metadata },
      ...{ spec: { replicas, selector: { matchLabels: selector }, template } },
    },
    {
      ...{ apiVersion: "v1", kind: "Service", metadata },
      ...{ spec: { type: nodePort === undefined ? "ClusterIP" : "NodePort", selector, ports } },
    },
  ];
}

/** A volume that is a directory of the machine, and the claim on exactly that one. */
function storage(name: string, path: string): KubeObject[] {
  const common = { accessModes: ["ReadWriteOnce"], storageClassName: "" };
  const amount = { storage: "1Mi" };
  return [
    {
      ...{ apiVersion: "v1", kind: "PersistentVolume", metadata: { name } },
      ...{ spec: { ...common, capacity: amount, hostPath: { path, type: "DirectoryOrCreate" } } },
    },
    {
      ...{ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name, namespace: "default" } },
      ...{ spec: { ...common, volumeName: name, resources: { requests: amount } } },
    },
  ];
}
