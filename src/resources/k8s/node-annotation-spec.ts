import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** An annotation that this machine's node should have. */
export const NodeAnnotationSpec = defineResource({
  type: "NodeAnnotationSpecs.k8s.talos.dev",
  namespace: "k8s",
  sensitive: true,
  spec: {
    key: string(1),
    value: string(2),
  },
  columns: { Value: "{.value}" },
});

export type NodeAnnotationSpec = typeof NodeAnnotationSpec.Type;
