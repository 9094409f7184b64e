import type { Document } from "../../../resources/fields/struct.ts";

/** Of a pod that runs on every node, whatever the node has against pods. */
export const tolerations: readonly Document[] = [
  { operator: "Exists", effect: "NoSchedule" },
  { operator: "Exists", effect: "NoExecute" },
];

/** An environment variable that says something of the pod itself. */
export const fromPod = (name: string, fieldPath: string): Document => ({
  name,
  valueFrom: { fieldRef: { fieldPath } },
});

/** A directory of the node. */
export const hostPath = (name: string, path: string): Document => ({ name, hostPath: { path } });
