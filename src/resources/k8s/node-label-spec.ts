import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** A label that this machine's node should have. */
export const NodeLabelSpec = defineResource({
  type: "NodeLabelSpecs.k8s.talos.dev",
  namespace: "k8s",
  sensitive: true,
  spec: {
    key: string(1),
    value: string(2),
  },
  columns: { Value: "{.value}" },
});

export type NodeLabelSpec = typeof NodeLabelSpec.Type;
