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

/** What runs when the config names no image. */
export const images = {
  ...imagesFor(kubernetesVersion),
  etcd: "registry.k8s.io/etcd:v3.6.11",
  pause: "registry.k8s.io/pause:3.10.1",
  coreDns: "registry.k8s.io/coredns/coredns:v1.14.3",
  flannel: "ghcr.io/siderolabs/flannel:v0.27.4",
  installer: `ghcr.io/siderolabs/installer:${TAG}`,
} as const;
