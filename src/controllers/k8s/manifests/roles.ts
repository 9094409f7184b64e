import type { Document } from "../../../resources/fields/struct.ts";
import { systemNamespace } from "./rendered-manifest.ts";

const api = "rbac.authorization.k8s.io";

export interface RoleRule {
  /** `""` for the core. */
  readonly apiGroup: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Marks a role as one of those that Kubernetes itself brings. */
export const builtInRole = { labels: { "kubernetes.io/bootstrapping": "rbac-defaults" } };
/** And a binding as one that may be brought back to its default. */
export const builtInBinding = {
  ...builtInRole,
  annotations: { "rbac.authorization.kubernetes.io/autoupdate": "true" },
};

export const group = (name: string): Document => ({ apiGroup: api, kind: "Group", name });

export const systemServiceAccount = (name: string): Document => ({
  ...{ kind: "ServiceAccount", name, namespace: systemNamespace },
});

export const clusterRole = (name: string, rules: readonly RoleRule[], metadata: Document = {}): Document => ({
  apiVersion: `${api}/v1`,
  kind: "ClusterRole",
  metadata: { ...metadata, name },
  rules: rules.map(({ apiGroup, resources, verbs }) => ({ apiGroups: [apiGroup], resources, verbs })),
});

/** Grants a cluster role to somebody, everywhere. */
export const clusterRoleBinding = (
  name: string,
  { role = name, subjects, metadata = {} }: { role?: string; subjects: readonly Document[]; metadata?: Document },
): Document => ({
  apiVersion: `${api}/v1`,
  kind: "ClusterRoleBinding",
  metadata: { ...metadata, name },
  roleRef: { apiGroup: api, kind: "ClusterRole", name: role },
  subjects,
});

/** The account that a part of the cluster runs as. */
export const serviceAccount = (name: string, metadata: Document = {}): Document => ({
  ...{ apiVersion: "v1", kind: "ServiceAccount", metadata: { ...metadata, name, namespace: systemNamespace } },
});
