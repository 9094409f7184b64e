import type { KubernetesRootSecret } from "../../../resources/secrets/kubernetes-root-secret.ts";
import { type RenderedManifest, systemNamespace } from "./rendered-manifest.ts";
import { builtInBinding, builtInRole, clusterRole, clusterRoleBinding, group } from "./roles.ts";

const bootstrappers = "system:bootstrappers:nodes";
const nodes = "system:nodes";
const requests = "system:certificates.k8s.io:certificatesigningrequests";

/** What a new node needs to become one: a token to ask for its first certificate, and somebody who says yes. */
export const joiningManifests = (secrets: KubernetesRootSecret): readonly RenderedManifest[] => [
  { id: "00-kubelet-bootstrapping-token", objects: [bootstrapToken(secrets)] },
  {
    id: "01-csr-node-bootstrap",
    objects: [
      clusterRoleBinding("system-bootstrap-node-bootstrapper", {
        role: "system:node-bootstrapper",
        subjects: [group(bootstrappers), group(nodes)],
      }),
    ],
  },
  {
    id: "01-csr-approver-role-binding",
    objects: [
      clusterRoleBinding("system-bootstrap-approve-node-client-csr", {
        ...{ role: `${requests}:nodeclient`, subjects: [group(bootstrappers)] },
      }),
    ],
  },
  {
    id: "01-csr-renewal-role-binding",
    objects: [
      clusterRoleBinding("system-bootstrap-node-renewal", {
        ...{ role: `${requests}:selfnodeclient`, subjects: [group(nodes)] },
      }),
    ],
  },
  {
    id: "11-talos-node-rbac-template",
    objects: [
      clusterRoleBinding("system:talos-nodes", { subjects: [group(nodes)], metadata: builtInBinding }),
      clusterRole(
        "system:talos-nodes",
        // By these a worker finds the API servers.
        [{ apiGroup: "discovery.k8s.io", resources: ["endpointslices"], verbs: ["get", "list", "watch"] }],
        builtInRole,
      ),
    ],
  },
];

const bootstrapToken = ({ bootstrapTokenID, bootstrapTokenSecret }: KubernetesRootSecret) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: `bootstrap-token-${bootstrapTokenID}`, namespace: systemNamespace },
  type: "bootstrap.kubernetes.io/token",
  stringData: {
    "auth-extra-groups": bootstrappers,
    "token-id": bootstrapTokenID,
    "token-secret": bootstrapTokenSecret,
    "usage-bootstrap-authentication": "true",
  },
});
