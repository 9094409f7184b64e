import type { Document } from "../../../resources/fields/struct.ts";
import type { BootstrapManifestsConfig } from "../../../resources/k8s/bootstrap-manifests-config.ts";
import { fromPod, hostPath, tolerations } from "./everywhere.ts";
import { type RenderedManifest, systemNamespace } from "./rendered-manifest.ts";
import { clusterRole, clusterRoleBinding, serviceAccount, systemServiceAccount } from "./roles.ts";

const app = { "k8s-app": "flannel" };
const labels = { ...app, tier: "node" };
const configMap = "kube-flannel-cfg";
const configDirectory = "/etc/kube-flannel/";
const networksDirectory = "/etc/cni/net.d";
/** Port of VXLAN as assigned by IANA; the kernel's default is an older one. */
const vxlanPort = 4_789;

/** The network between pods of different nodes. */
export const flannelManifest = (config: BootstrapManifestsConfig): RenderedManifest => ({
  id: "05-flannel",
  objects: [
    clusterRole(
      "flannel",
      [
        { apiGroup: "", resources: ["pods"], verbs: ["get"] },
        { apiGroup: "", resources: ["nodes"], verbs: ["get", "list", "watch"] },
        { apiGroup: "", resources: ["nodes/status"], verbs: ["patch"] },
      ],
      { labels: app },
    ),
    clusterRoleBinding("flannel", { subjects: [systemServiceAccount("flannel")], metadata: { labels: app } }),
    serviceAccount("flannel", { labels: app }),
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: configMap, namespace: systemNamespace, labels },
      data: {
        "cni-conf.json": JSON.stringify(podNetwork, undefined, 2),
        "net-conf.json": JSON.stringify(clusterNetwork(config.podCIDRs), undefined, 2),
      },
    },
    daemonSet(config),
  ],
});

/** What containerd does with a pod: connects it with the node's bridge, and opens its host ports. */
const podNetwork = {
  name: "cbr0",
  cniVersion: "1.0.0",
  plugins: [
    { type: "flannel", delegate: { hairpinMode: true, isDefaultGateway: true } },
    { type: "portmap", capabilities: { portMappings: true } },
  ],
};

/** What flanneld does with the packets between nodes. */
function clusterNetwork(subnets: readonly string[]): Document {
  const [v4, v6] = [subnets.filter((subnet) => !subnet.includes(":")), subnets.filter((one) => one.includes(":"))];
  return {
    ...(v4[0] !== undefined && { Network: v4[0] }),
    ...(v6[0] !== undefined && { IPv6Network: v6[0], EnableIPv6: true }),
    ...(v4[0] === undefined && { EnableIPv4: false }),
    Backend: { Type: "vxlan", Port: vxlanPort },
  };
}

const daemonSet = (config: BootstrapManifestsConfig): Document => ({
  apiVersion: "apps/v1",
  kind: "DaemonSet",
  metadata: { name: "kube-flannel", namespace: systemNamespace, labels },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        hostNetwork: true,
        priorityClassName: "system-node-critical",
        serviceAccountName: "flannel",
        tolerations,
        affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: onLinux } },
        initContainers: [installConfig(config.flannelImage)],
        containers: [flanneld(config)],
        volumes: [
          hostPath("run", "/run/flannel"),
          hostPath("cni-plugin", "/opt/cni/bin"),
          hostPath("cni", networksDirectory),
          { name: "flannel-cfg", configMap: { name: configMap } },
        ],
      },
    },
  },
});

const onLinux = {
  nodeSelectorTerms: [{ matchExpressions: [{ key: "kubernetes.io/os", operator: "In", values: ["linux"] }] }],
};

const configMount = { name: "flannel-cfg", mountPath: configDirectory };

/** containerd reads it the moment it appears, and the node is Ready. The plugins that it names, the machine has. */
const installConfig = (image: string): Document => ({
  name: "install-config",
  image,
  command: ["cp"],
  args: ["-f", `${configDirectory}cni-conf.json`, `${networksDirectory}/10-flannel.conflist`],
  volumeMounts: [{ name: "cni", mountPath: networksDirectory }, configMount],
});

function flanneld(config: BootstrapManifestsConfig): Document {
  const { flannelImage, flannelExtraArgs, flannelKubeServiceHost, flannelKubeServicePort } = config;
  const server = { KUBERNETES_SERVICE_HOST: flannelKubeServiceHost, KUBERNETES_SERVICE_PORT: flannelKubeServicePort };
  const fixed = { EVENT_QUEUE_DEPTH: "5000", CONT_WHEN_CACHE_NOT_READY: "false", ...server };
  const variables = Object.entries(fixed).filter(([, value]) => value !== "");
  return {
    name: "kube-flannel",
    image: flannelImage,
    command: ["/opt/bin/flanneld"],
    args: ["--ip-masq", "--kube-subnet-mgr", ...flannelExtraArgs],
    env: [
      fromPod("POD_NAME", "metadata.name"),
      fromPod("POD_NAMESPACE", "metadata.namespace"),
      ...variables.map(([name, value]) => ({ name, value })),
    ],
    resources: { requests: { cpu: "100m", memory: "50Mi" } },
    securityContext: { privileged: false, capabilities: { add: ["NET_ADMIN", "NET_RAW"] } },
    volumeMounts: [{ name: "run", mountPath: "/run/flannel" }, configMount],
  };
}
