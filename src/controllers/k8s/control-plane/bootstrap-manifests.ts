import { images, type MachineConfig } from "../../../config/index.ts";
import { BootstrapManifestsConfig } from "../../../resources/k8s/bootstrap-manifests-config.ts";
import { dnsAddressOf } from "../service-addresses.ts";
import { derivedController } from "./derived.ts";

/** Says what goes into the manifests that make a cluster usable: its network, its proxy, its DNS. */
export const bootstrapManifestsController = () =>
  derivedController({
    name: "k8s.ControlPlaneBootstrapManifestsController",
    kind: BootstrapManifestsConfig,
    id: "manifests",
    from: manifests,
  });

function manifests({ cluster, machine }: MachineConfig): BootstrapManifestsConfig {
  const { kubePrism, kubernetesTalosAPIAccess } = machine.features;
  const { network, proxy, coreDNS } = cluster;
  const dns = network.serviceSubnets.map(dnsAddressOf);
  return {
    string: kubePrism.enabled ? `https://127.0.0.1:${kubePrism.port}` : (cluster.controlPlane.endpoint ?? ""),
    clusterDomain: network.dnsDomain,
    podCIDRs: network.podSubnets,
    proxyEnabled: !proxy.disabled,
    proxyImage: proxy.image ?? images.proxy,
    proxyArgs: proxyArguments(cluster),
    coreDNSEnabled: !coreDNS.disabled,
    coreDNSImage: coreDNS.image ?? images.coreDns,
    dnsServiceIP: dns.find((address) => !address.includes(":")) ?? "",
    dnsServiceIPv6: dns.find((address) => address.includes(":")) ?? "",
    flannelEnabled: network.cni.name === "flannel",
    flannelImage: images.flannel,
    flannelExtraArgs: network.cni.flannel.extraArgs.filter((argument) => argument !== undefined),
    flannelKubeServiceHost: kubePrism.enabled ? "127.0.0.1" : "",
    flannelKubeServicePort: kubePrism.enabled ? String(kubePrism.port) : "",
    podSecurityPolicyEnabled: false,
    talosAPIServiceEnabled: kubernetesTalosAPIAccess.enabled,
  };
}

/** The owner's flags on top of ours, except where the proxy finds its credentials. */
function proxyArguments({ network, proxy }: MachineConfig["cluster"]): string[] {
  const flags = {
    "cluster-cidr": network.podSubnets.join(","),
    "hostname-override": "$(NODE_NAME)",
    "proxy-mode": proxy.mode ?? "nftables",
    "conntrack-max-per-core": "0",
    ...proxy.extraArgs,
    kubeconfig: "/etc/kubernetes/kubeconfig",
  };
  return Object.entries(flags)
    .map(([name, value]) => `--${name}=${value}`)
    .toSorted();
}
