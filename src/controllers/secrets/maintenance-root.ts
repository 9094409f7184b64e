import { defineController } from "../../cosi/controller.ts";
import { createCertificateAuthority } from "../../pki/index.ts";
import { MaintenanceServiceRequest } from "../../resources/runtime/maintenance-service-request.ts";
import { MaintenanceRootSecret } from "../../resources/secrets/maintenance-root-secret.ts";
import { pairOf } from "./pem-pair.ts";

/** Makes an authority for the API of a machine that waits for its config. It lives in memory, and as long as that. */
export const maintenanceRootController = () =>
  defineController({
    name: "secrets.MaintenanceRootController",
    inputs: [{ kind: MaintenanceServiceRequest, id: "maintenance", strength: "weak" }],
    outputs: [{ kind: MaintenanceRootSecret, sharing: "exclusive" }],
    async reconcile(context) {
      if ((await context.get(MaintenanceServiceRequest, "maintenance")) === undefined) return;
      if ((await context.get(MaintenanceRootSecret, "maintenance")) !== undefined)
        return context.keep(MaintenanceRootSecret, "maintenance");
      const ca = pairOf(await createCertificateAuthority({ algorithm: "ed25519", organizations: ["talos"] }));
      await context.put(MaintenanceRootSecret, "maintenance", { ca });
    },
  });
