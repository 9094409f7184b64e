import { defineResource } from "../define.ts";
import { address, string } from "../fields/index.ts";

/**
 * Addresses of Kubernetes API servers: where the configuration says they are (`controlplane`), where they say so
 * themselves (`kube-apiserver`), and where the members of the cluster say so (`discovery`).
 */
export const Endpoint = defineResource({
  type: "Endpoints.kubernetes.talos.dev",
  namespace: "controlplane",
  spec: {
    addresses: address(1).list(),
    hosts: string(2).list(),
  },
  columns: { Addresses: "{.addresses}", Hosts: "{.hosts}" },
});

export type Endpoint = typeof Endpoint.Type;
