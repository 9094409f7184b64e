import type { BootstrapManifestsConfig } from "../../../resources/k8s/bootstrap-manifests-config.ts";
import type { KubernetesRootSecret } from "../../../resources/secrets/kubernetes-root-secret.ts";
import { coreDnsManifests } from "./core-dns.ts";
import { flannelManifest } from "./flannel.ts";
import { joiningManifests } from "./joining.ts";
import { inClusterKubeconfigManifest, kubeProxyManifest } from "./kube-proxy.ts";
import type { RenderedManifest } from "./rendered-manifest.ts";
import { serviceAccountDefinition } from "./service-account-definition.ts";

/** Everything that makes an API server a cluster, as far as the configuration wants it, in the order of the ids. */
export function renderManifests(
  config: BootstrapManifestsConfig,
  secrets: KubernetesRootSecret,
): readonly RenderedManifest[] {
  const manifests = [
    ...joiningManifests(secrets),
    inClusterKubeconfigManifest(config),
    ...(config.flannelEnabled ? [flannelManifest(config)] : []),
    ...(config.proxyEnabled ? [kubeProxyManifest(config)] : []),
    ...(config.coreDNSEnabled ? coreDnsManifests(config) : []),
    ...(config.talosAPIServiceEnabled ? [serviceAccountDefinition()] : []),
  ];
  return manifests.toSorted((one, other) => (one.id < other.id ? -1 : 1));
}
