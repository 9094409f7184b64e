import { defineResource } from "../define.ts";
import { boolean, string } from "../fields/index.ts";

/** Whether the control plane's configuration files are on disk. */
export const ConfigStatus = defineResource({
  type: "ConfigStatuses.kubernetes.talos.dev",
  namespace: "controlplane",
  spec: {
    ready: boolean(1),
    version: string(2),
  },
  columns: { Ready: "{.ready}", "Secrets Version": "{.version}" },
});

export type ConfigStatus = typeof ConfigStatus.Type;
