import { defineResource } from "../define.ts";

/** Exists while this machine's node should accept no pods. */
export const NodeCordonedSpec = defineResource({
  type: "NodeCordonedSpecs.k8s.talos.dev",
  namespace: "k8s",
  sensitive: true,
  spec: {},
});

export type NodeCordonedSpec = typeof NodeCordonedSpec.Type;
