import { defineResource } from "../define.ts";
import { message, string, struct } from "../fields/index.ts";

const authorizationAuthorizersFields = {
  type: string(1),
  name: string(2),
  webhook: struct(3),
};

/** Who decides what Kubernetes users may do. */
export const AuthorizationConfig = defineResource({
  type: "AuthorizationConfigs.kubernetes.talos.dev",
  namespace: "controlplane",
  spec: {
    image: string(1),
    config: message(2, authorizationAuthorizersFields).list(),
  },
});

export type AuthorizationConfig = typeof AuthorizationConfig.Type;
