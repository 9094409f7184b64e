import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** A fingerprint of the kubelet's credentials, to tell when they change. */
export const KubeletKubeconfig = defineResource({
  type: "KubeletKubeconfigs.kubernetes.talos.dev",
  namespace: "k8s",
  spec: {
    hash: string(1),
  },
  columns: { Hash: "{.hash}" },
});

export type KubeletKubeconfig = typeof KubeletKubeconfig.Type;
