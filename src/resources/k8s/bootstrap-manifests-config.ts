import { defineResource } from "../define.ts";
import { boolean, string } from "../fields/index.ts";

/** What goes into the bootstrap manifests. */
export const BootstrapManifestsConfig = defineResource({
  type: "BootstrapManifestsConfigs.kubernetes.talos.dev",
  namespace: "controlplane",
  spec: {
    string: string(1),
    clusterDomain: string(2),
    podCIDRs: string(3).list(),
    proxyEnabled: boolean(4),
    proxyImage: string(5),
    proxyArgs: string(6).list(),
    coreDNSEnabled: boolean(7),
    coreDNSImage: string(8),
    dnsServiceIP: string(9),
    dnsServiceIPv6: string(10),
    flannelEnabled: boolean(11),
    flannelImage: string(12),
    flannelExtraArgs: string(16).list(),
    flannelKubeServiceHost: string(17),
    flannelKubeServicePort: string(18),
    podSecurityPolicyEnabled: boolean(14),
    talosAPIServiceEnabled: boolean(15),
  },
});

export type BootstrapManifestsConfig = typeof BootstrapManifestsConfig.Type;
