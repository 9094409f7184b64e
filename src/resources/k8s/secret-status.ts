import { defineResource } from "../define.ts";
import { boolean, string } from "../fields/index.ts";

/** Whether the control plane's secrets are on disk. */
export const SecretStatus = defineResource({
  type: "SecretStatuses.kubernetes.talos.dev",
  namespace: "controlplane",
  spec: {
    ready: boolean(1),
    version: string(2),
  },
  columns: { Ready: "{.ready}", "Secrets Version": "{.version}" },
});

export type SecretStatus = typeof SecretStatus.Type;
