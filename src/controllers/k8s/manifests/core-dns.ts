import type { Document } from "../../../resources/fields/struct.ts";
import type { BootstrapManifestsConfig } from "../../../resources/k8s/bootstrap-manifests-config.ts";
import { type RenderedManifest, systemNamespace } from "./rendered-manifest.ts";
import {
  builtInBinding,
  builtInRole,
  clusterRole,
  clusterRoleBinding,
  serviceAccount,
  systemServiceAccount,
} from "./roles.ts";

const selector = { "k8s-app": "kube-dns" };
const named = { ...selector, "kubernetes.io/name": "CoreDNS" };
const role = "system:coredns";
const watched = ["list", "watch"];

/** The DNS of the cluster: its Deployment with what that needs, and the Service at the address that pods ask. */
export const coreDnsManifests = (config: BootstrapManifestsConfig): readonly RenderedManifest[] => [
  {
    id: "11-core-dns",
    objects: [
      serviceAccount("coredns"),
      clusterRole(
        role,
        [
          { apiGroup: "", resources: ["endpoints", "services", "pods", "namespaces"], verbs: watched },
          { apiGroup: "discovery.k8s.io", resources: ["endpointslices"], verbs: watched },
        ],
        builtInRole,
      ),
      clusterRoleBinding(role, { subjects: [systemServiceAccount("coredns")], metadata: builtInBinding }),
      {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "coredns", namespace: systemNamespace },
        data: { Corefile: corefile(config.clusterDomain) },
      },
      deployment(config.coreDNSImage),
    ],
  },
  { id: "11-core-dns-svc", objects: [service(config)] },
];

/**
 * Names of the cluster are answered from what the API server tells; all others by whoever the node asks, which with
 * host DNS is the node itself. The cluster's own names are not cached: they are at hand, and a cache would be late.
 */
function corefile(domain: string): string {
  const cache =
    domain === ""
      ? ["    cache 30"]
      : ["    cache 30 {", `       disable success ${domain}`, `       disable denial ${domain}`, "    }"];
  return [
    ".:53 {",
    "    errors",
    "    health {",
    "        lameduck 5s",
    "    }",
    "    ready",
    "    log . {",
    "        class error",
    "    }",
    "    prometheus :9153",
    "",
    `    kubernetes ${domain} in-addr.arpa ip6.arpa {`,
    "        pods insecure",
    "        fallthrough in-addr.arpa ip6.arpa",
    "        ttl 30",
    "    }",
    "    forward . /etc/resolv.conf {",
    "       max_concurrent 1000",
    "    }",
    ...cache,
    "    loop",
    "    reload",
    "    loadbalance",
    "}",
    "",
  ].join("\n");
}

const deployment = (image: string): Document => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "coredns", namespace: systemNamespace, labels: named },
  spec: {
    replicas: 2,
    strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
    selector: { matchLabels: selector },
    template: {
      metadata: { labels: selector },
      spec: {
        serviceAccountName: "coredns",
        priorityClassName: "system-cluster-critical",
        nodeSelector: { "kubernetes.io/os": "linux" },
        tolerations: ["node-role.kubernetes.io/control-plane", "node.cloudprovider.kubernetes.io/uninitialized"].map(
          (key) => ({ key, operator: "Exists", effect: "NoSchedule" }),
        ),
        affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [apart] } },
        containers: [container(image)],
        // The node's own: a pod that asks itself would turn in circles.
        dnsPolicy: "Default",
        volumes: [
          { name: "config-volume", configMap: { name: "coredns", items: [{ key: "Corefile", path: "Corefile" }] } },
        ],
      },
    },
  },
});

/** One a node, as long as there are nodes. */
const apart = {
  weight: 100,
  podAffinityTerm: {
    topologyKey: "kubernetes.io/hostname",
    labelSelector: { matchExpressions: [{ key: "k8s-app", operator: "In", values: ["kube-dns"] }] },
  },
};

const container = (image: string): Document => ({
  name: "coredns",
  image,
  imagePullPolicy: "IfNotPresent",
  args: ["-conf", "/etc/coredns/Corefile"],
  // 95 % of the limit, so that memory is collected before the kernel ends it.
  env: [{ name: "GOMEMLIMIT", value: "161MiB" }],
  resources: { requests: { cpu: "100m", memory: "70Mi" }, limits: { memory: "170Mi" } },
  ports: [
    { name: "dns", protocol: "UDP", containerPort: 53 },
    { name: "dns-tcp", protocol: "TCP", containerPort: 53 },
    { name: "metrics", protocol: "TCP", containerPort: 9_153 },
  ],
  livenessProbe: {
    httpGet: { path: "/health", port: 8_080, scheme: "HTTP" },
    ...{ initialDelaySeconds: 60, timeoutSeconds: 5, successThreshold: 1, failureThreshold: 5 },
  },
  readinessProbe: {
    httpGet: { path: "/ready", port: 8_181, scheme: "HTTP" },
    // As patient as by default, but seen sooner: a kubelet younger than a period waits a random part of it at first.
    ...{ periodSeconds: 3, failureThreshold: 10 },
  },
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] },
    readOnlyRootFilesystem: true,
  },
  volumeMounts: [{ name: "config-volume", mountPath: "/etc/coredns", readOnly: true }],
});

function service({ dnsServiceIP, dnsServiceIPv6 }: BootstrapManifestsConfig): Document {
  const addresses = [dnsServiceIP, dnsServiceIPv6].filter((address) => address !== "");
  const families = addresses.map((address) => (address.includes(":") ? "IPv6" : "IPv4"));
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name: "kube-dns",
      namespace: systemNamespace,
      annotations: { "prometheus.io/port": "9153", "prometheus.io/scrape": "true" },
      labels: { ...named, "kubernetes.io/cluster-service": "true" },
    },
    spec: {
      selector,
      ...(addresses[0] !== undefined && { clusterIP: addresses[0] }),
      clusterIPs: addresses,
      ipFamilies: families,
      ipFamilyPolicy: addresses.length > 1 ? "RequireDualStack" : "SingleStack",
      ports: [
        { name: "dns", protocol: "UDP", port: 53, targetPort: 53 },
        { name: "dns-tcp", protocol: "TCP", port: 53, targetPort: 53 },
        { name: "metrics", protocol: "TCP", port: 9_153, targetPort: 9_153 },
      ],
    },
  };
}
