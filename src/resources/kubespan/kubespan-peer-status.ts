import { defineResource } from "../define.ts";
import { addressPort, int64, string, timestamp } from "../fields/index.ts";
import { peerState } from "./peer-state.ts";

/** A peer of the mesh as WireGuard has it; the id is its public key. */
export const KubeSpanPeerStatus = defineResource({
  type: "KubeSpanPeerStatuses.kubespan.talos.dev",
  namespace: "kubespan",
  spec: {
    endpoint: addressPort(1),
    label: string(2),
    state: peerState(3),
    receiveBytes: int64(4),
    transmitBytes: int64(5),
    lastHandshakeTime: timestamp(6),
    lastUsedEndpoint: addressPort(7),
    lastEndpointChange: timestamp(8),
  },
  columns: {
    Label: "{.label}",
    Endpoint: "{.endpoint}",
    State: "{.state}",
    Rx: "{.receiveBytes}",
    Tx: "{.transmitBytes}",
  },
});

export type KubeSpanPeerStatus = typeof KubeSpanPeerStatus.Type;
