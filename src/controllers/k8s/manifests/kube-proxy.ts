import { toYaml } from "../../../config/yaml.ts";
import type { Document } from "../../../resources/fields/struct.ts";
import type { BootstrapManifestsConfig } from "../../../resources/k8s/bootstrap-manifests-config.ts";
import { fromPod, hostPath, tolerations } from "./everywhere.ts";
import { type RenderedManifest, systemNamespace } from "./rendered-manifest.ts";
import { clusterRoleBinding, serviceAccount, systemServiceAccount } from "./roles.ts";

const labels = { tier: "node", "k8s-app": "kube-proxy" };
const kubeconfigMap = "kubeconfig-in-cluster";
const accountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount";

/** What makes Services of addresses, on every node. */
export const kubeProxyManifest = (config: BootstrapManifestsConfig): RenderedManifest => ({
  id: "10-kube-proxy",
  objects: [
    daemonSet(config),
    serviceAccount("kube-proxy"),
    clusterRoleBinding("kube-proxy", {
      ...{ role: "system:node-proxier", subjects: [systemServiceAccount("kube-proxy")] },
    }),
  ],
});

/**
 * How pods that make the network find the API server: at the address of Services it is only once they run. Who they are
 * they know from their own account.
 */
export const inClusterKubeconfigManifest = ({ string: server }: BootstrapManifestsConfig): RenderedManifest => ({
  id: "11-kube-config-in-cluster",
  objects: [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: kubeconfigMap, namespace: systemNamespace },
      data: { kubeconfig: inClusterKubeconfig(server) },
    },
  ],
});

const inClusterKubeconfig = (server: string): string =>
  toYaml({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "local", cluster: { server, "certificate-authority": `${accountDirectory}/ca.crt` } }],
    contexts: [{ name: "local", context: { cluster: "local", user: "service-account" } }],
    "current-context": "local",
    users: [{ name: "service-account", user: { tokenFile: `${accountDirectory}/token` } }],
  });

const daemonSet = ({ proxyImage, proxyArgs }: BootstrapManifestsConfig): Document => ({
  apiVersion: "apps/v1",
  kind: "DaemonSet",
  metadata: { name: "kube-proxy", namespace: systemNamespace, labels },
  spec: {
    selector: { matchLabels: labels },
    updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
    template: {
      metadata: { labels },
      spec: {
        hostNetwork: true,
        priorityClassName: "system-cluster-critical",
        serviceAccountName: "kube-proxy",
        tolerations,
        containers: [
          {
            name: "kube-proxy",
            image: proxyImage,
            command: ["/usr/local/bin/kube-proxy", ...proxyArgs],
            env: [fromPod("NODE_NAME", "spec.nodeName"), fromPod("POD_IP", "status.podIP")],
            // It writes the node's packet filters and kernel parameters.
            securityContext: { privileged: true },
            volumeMounts: [
              { name: "lib-modules", mountPath: "/lib/modules", readOnly: true },
              { name: "ssl-certs-host", mountPath: "/etc/ssl/certs", readOnly: true },
              { name: "kubeconfig", mountPath: "/etc/kubernetes", readOnly: true },
            ],
          },
        ],
        volumes: [
          hostPath("lib-modules", "/usr/lib/modules"),
          hostPath("ssl-certs-host", "/etc/ssl/certs"),
          { name: "kubeconfig", configMap: { name: kubeconfigMap } },
        ],
      },
    },
  },
});
