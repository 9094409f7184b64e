import { defineResource } from "../define.ts";

/** Held by finalizers while something needs the kubelet. */
export const KubeletLifecycle = defineResource({
  type: "KubeletLifecycles.kubernetes.talos.dev",
  namespace: "k8s",
  spec: {},
});

export type KubeletLifecycle = typeof KubeletLifecycle.Type;
