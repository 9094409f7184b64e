import type { Pointer, Resource } from "./resource.ts";

/** Stands for a resource that is not there. */
export function tombstone({ namespace, type, id }: Pointer): Resource {
  const never = new Date(0);
  return {
    metadata: {
      ...{ namespace, type, id, version: 0, owner: "", phase: "running", created: never, updated: never },
      ...{ finalizers: [], labels: {}, annotations: {} },
    },
    spec: undefined,
  };
}
