import { defineResource } from "../define.ts";
import { certificateAndKey } from "../fields/index.ts";

/** The certificate authority of the API while there is no configuration. */
export const MaintenanceRootSecret = defineResource({
  type: "MaintenanceRootSecrets.secrets.talos.dev",
  namespace: "secrets",
  sensitive: true,
  spec: {
    ca: certificateAndKey(1),
  },
});

export type MaintenanceRootSecret = typeof MaintenanceRootSecret.Type;
