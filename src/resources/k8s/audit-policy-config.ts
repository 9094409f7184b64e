import { defineResource } from "../define.ts";
import { struct } from "../fields/index.ts";

/** What the API server logs for audit. */
export const AuditPolicyConfig = defineResource({
  type: "AuditPolicyConfigs.kubernetes.talos.dev",
  namespace: "controlplane",
  sensitive: true,
  spec: {
    config: struct(1),
  },
});

export type AuditPolicyConfig = typeof AuditPolicyConfig.Type;
