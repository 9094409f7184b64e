import { images, type MachineConfig } from "../../../config/index.ts";
import { AuthorizationConfig } from "../../../resources/k8s/authorization-config.ts";
import { documentOrUndefined } from "../document.ts";
import { derivedController } from "./derived.ts";

type Authorizer = AuthorizationConfig["config"][number];

/** Without them nodes and the control plane itself could do nothing. */
const always: readonly Authorizer[] = [
  { type: "Node", name: "node", webhook: {} },
  { type: "RBAC", name: "rbac", webhook: {} },
];

/** Says who decides what users of Kubernetes may do. */
export const authorizationController = () =>
  derivedController({
    name: "k8s.ControlPlaneAuthorizationController",
    kind: AuthorizationConfig,
    id: "authorization",
    from: ({ cluster: { apiServer } }) => ({
      image: apiServer.image ?? images.apiServer,
      config: authorizers(apiServer.authorizationConfig),
    }),
  });

function authorizers(given: MachineConfig["cluster"]["apiServer"]["authorizationConfig"]): Authorizer[] {
  const own = given.map(({ type = "", name = "", webhook }) => ({
    type,
    name,
    webhook: documentOrUndefined(webhook) ?? {},
  }));
  const missing = always.filter(({ type }) => !own.some((authorizer) => authorizer.type === type));
  return [...missing, ...own];
}
