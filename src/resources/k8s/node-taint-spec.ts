import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** A taint that this machine's node should have. */
export const NodeTaintSpec = defineResource({
  type: "NodeTaintSpecs.k8s.talos.dev",
  namespace: "k8s",
  sensitive: true,
  spec: {
    key: string(1),
    effect: string(2),
    value: string(3),
  },
  columns: { Effect: "{.effect}", Value: "{.value}" },
});

export type NodeTaintSpec = typeof NodeTaintSpec.Type;
