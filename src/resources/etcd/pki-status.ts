import { defineResource } from "../define.ts";
import { boolean, string } from "../fields/index.ts";

/** Whether etcd's certificates are on disk. */
export const PKIStatus = defineResource({
  type: "PKIStatuses.etcd.talos.dev",
  namespace: "etcd",
  spec: {
    ready: boolean(1),
    version: string(2),
  },
  columns: { Ready: "{.ready}", "Secrets Version": "{.version}" },
});

export type PKIStatus = typeof PKIStatus.Type;
