import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** Where the kubelet fetches its static pods. */
export const StaticPodServerStatus = defineResource({
  type: "StaticPodServerStatuses.kubernetes.talos.dev",
  namespace: "k8s",
  spec: {
    url: string(1),
  },
});

export type StaticPodServerStatus = typeof StaticPodServerStatus.Type;
