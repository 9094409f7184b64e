import { AuditPolicyConfig } from "../../../resources/k8s/audit-policy-config.ts";
import { documentOrUndefined } from "../document.ts";
import { derivedController } from "./derived.ts";

/** Who did what, of every call; unless the configuration wants more or less. */
const everyCall = { apiVersion: "audit.k8s.io/v1", kind: "Policy", rules: [{ level: "Metadata" }] };

/** Says what the API server writes to its audit log. */
export const auditPolicyController = () =>
  derivedController({
    name: "k8s.ControlPlaneAuditPolicyController",
    kind: AuditPolicyConfig,
    id: "audit-policy",
    from: ({ cluster }) => ({ config: documentOrUndefined(cluster.apiServer.auditPolicy) ?? everyCall }),
  });
