import { defineResource } from "../define.ts";
import { address } from "../fields/index.ts";

/** Addresses by which the kubelet knows this machine. */
export const NodeIP = defineResource({
  type: "NodeIPs.kubernetes.talos.dev",
  namespace: "k8s",
  spec: {
    addresses: address(1).list(),
  },
});

export type NodeIP = typeof NodeIP.Type;
