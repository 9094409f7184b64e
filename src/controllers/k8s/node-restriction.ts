import type { NodeWishes } from "./node-changes.ts";

// What the NodeRestriction admission plugin lets a kubelet say of its own node; source: plugin/pkg/admission/
// noderestriction and k8s.io/kubernetes/pkg/kubelet/apis/well_known_labels.go.

const allowed: ReadonlySet<string> = new Set([
  ...["kubernetes.io/hostname", "kubernetes.io/arch", "kubernetes.io/os"],
  ...["beta.kubernetes.io/instance-type", "beta.kubernetes.io/os", "beta.kubernetes.io/arch"],
  ...["node.kubernetes.io/instance-type", "topology.kubernetes.io/region", "topology.kubernetes.io/zone"],
  ...["failure-domain.beta.kubernetes.io/region", "failure-domain.beta.kubernetes.io/zone"],
]);
const allowedNamespaces = /(?:^|\.)(?:kubelet|node)\.kubernetes\.io$/;
const reservedNamespaces = /(?:^|\.)(?:kubernetes|k8s)\.io$/;

/** Whether a kubelet may set a label. */
export function kubeletMaySet(label: string): boolean {
  const slash = label.indexOf("/");
  const namespace = slash < 0 ? "" : label.slice(0, slash);
  if (!reservedNamespaces.test(namespace) || allowed.has(label)) return true;
  return allowedNamespaces.test(namespace);
}

/** The wishes that a kubelet may fulfil, and the names of those that it may not. */
export function withinRestriction(wishes: NodeWishes): { readonly wishes: NodeWishes; readonly refused: string[] } {
  const labels = Object.entries(wishes.labels);
  return {
    wishes: { ...wishes, labels: Object.fromEntries(labels.filter(([key]) => kubeletMaySet(key))), taints: [] },
    refused: [
      ...labels.filter(([key]) => !kubeletMaySet(key)).map(([key]) => `label ${key}`),
      ...wishes.taints.map(({ key }) => `taint ${key}`),
    ],
  };
}
