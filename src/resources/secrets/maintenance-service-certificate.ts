import { defineResource } from "../define.ts";
import { certificateAndKey } from "../fields/index.ts";

/** Certificates of the API while there is no configuration. */
export const MaintenanceServiceCertificate = defineResource({
  type: "MaintenanceServiceCertificates.secrets.talos.dev",
  namespace: "secrets",
  sensitive: true,
  spec: {
    ca: certificateAndKey(1),
    server: certificateAndKey(2),
  },
});

export type MaintenanceServiceCertificate = typeof MaintenanceServiceCertificate.Type;
