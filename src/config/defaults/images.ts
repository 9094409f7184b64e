import { TAG } from "../../version.ts";

/** Version of Kubernetes that new clusters run. */
export const kubernetesVersion = "1.35.4";

/** Minor versions of Kubernetes that machines of this version run, the oldest and the newest. */
export const supportedKubernetes = ["1.30", "1.35"] as const;

/** Image references that generated configs name, for a version of Kubernetes. */
export const imagesFor = (kubernetes: string) =>
  ({
    kubelet: `ghcr.io/siderolabs/kubelet:v${kubernetes}`,
    apiServer: `registry.k8s.io/kube-apiserver:v${kubernetes}`,
    controllerManager: `registry.k8s.io/kube-controller-manager:v${kubernetes}`,
    scheduler: `registry.k8s.io/kube-scheduler:v${kubernetes}`,
    proxy: `registry.k8s.io/kube-proxy:v${kubernetes}`,
  }) as const;

/** Versions of what runs beside Kubernetes, as their images' tags and their Go modules have them. */
export const versions = {
  etcd: "v3.6.11",
  pause: "3.10.1",
  coreDns: "v1.14.3",
  flannel: "v0.27.4",
  cniPlugins: "v1.9.1",
} as const;

/** What runs when the config names no image. */
export const images = {
  ...imagesFor(kubernetesVersion),
  etcd: `registry.k8s.io/etcd:${versions.etcd}`,
  pause: `registry.k8s.io/pause:${versions.pause}`,
  coreDns: `registry.k8s.io/coredns/coredns:${versions.coreDns}`,
  flannel: `ghcr.io/siderolabs/flannel:${versions.flannel}`,
  installer: `ghcr.io/siderolabs/installer:${TAG}`,
} as const;

/** The images of a cluster with the default config, in the order in which tools print them. */
export const clusterImages: readonly string[] = [
  images.flannel,
  images.coreDns,
  images.etcd,
  images.apiServer,
  images.controllerManager,
  images.scheduler,
  images.proxy,
  images.kubelet,
  images.pause,
];
