/** A container or a pod's sandbox, under the name that people know it by. */
export interface ListedContainer {
  readonly namespace: string;
  /** `etcd`, `kube-system/pod` or `kube-system/pod:name:0123456789ab`. */
  readonly displayId: string;
  /** Its pod's id, equal to its own for a sandbox; for a container of ours its own. */
  readonly podId: string;
  readonly internalId: string;
  readonly podUid: string;
  readonly name: string;
  readonly image: string;
  /** PID 1's number of its first process, 0 when it does not run. */
  readonly pid: number;
  /** In the words of whoever runs it: `RUNNING` of containerd, `CONTAINER_RUNNING` or `SANDBOX_READY` of the kubelet's. */
  readonly status: string;
  /** Of a sandbox the name, of a container the path; empty without one of its own. */
  readonly networkNamespace: string;
}

/** The path in an OCI spec's network namespace, empty when it has none of its own. Specs of others may have any shape. */
export function networkNamespaceOf(spec: unknown): string {
  const { linux } = (spec ?? {}) as { linux?: { namespaces?: { type?: unknown; path?: unknown }[] } };
  const network = Array.isArray(linux?.namespaces)
    ? linux.namespaces.find(({ type }) => type === "network")
    : undefined;
  return typeof network?.path === "string" ? network.path : "";
}
