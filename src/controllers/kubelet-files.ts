/** Where the kubelet finds its files; Kubernetes documents and tools name these paths too. */
export const kubeletFiles = {
  config: "/etc/kubernetes/kubelet.yaml",
  /** How it asks for its certificate, with the cluster's token. */
  bootstrapKubeconfig: "/etc/kubernetes/bootstrap-kubeconfig",
  /** How it reaches its API server from then on, once it has been let in; its own to write. */
  kubeconfig: "/etc/kubernetes/kubeconfig-kubelet",
  /** Authorities of those who may call the kubelet. */
  clientAuthorities: "/etc/kubernetes/pki/ca.crt",
  credentialProviders: "/etc/kubernetes/kubelet-credentialproviderconfig.yaml",
  /** Certificates and keys that it was issued or has made itself. */
  pki: "/var/lib/kubelet/pki",
  /** What it knows of processors that it has given away. */
  cpuManagerState: "/var/lib/kubelet/cpu_manager_state",
} as const;

export type KubeletFiles = Readonly<Record<keyof typeof kubeletFiles, string>>;

/** Static pods as files, for the kubelet to find. */
export const staticPodDirectory = "/etc/kubernetes/manifests";

/** Programs that know the credentials of registries, where an image of the system brings some. */
export const credentialProviderPrograms = "/usr/local/lib/kubelet/credentialproviders";
