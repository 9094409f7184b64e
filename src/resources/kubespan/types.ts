import { KubeSpanConfig } from "./kubespan-config.ts";
import { KubeSpanEndpoint } from "./kubespan-endpoint.ts";
import { KubeSpanIdentity } from "./kubespan-identity.ts";
import { KubeSpanPeerSpec } from "./kubespan-peer-spec.ts";
import { KubeSpanPeerStatus } from "./kubespan-peer-status.ts";

export const kubespanTypes = [
  KubeSpanConfig,
  KubeSpanEndpoint,
  KubeSpanIdentity,
  KubeSpanPeerSpec,
  KubeSpanPeerStatus,
] as const;
