import type { KubeObject } from "../../../kube/object.ts";

export const accountVersion = "talos.dev/v1alpha1";
export const accountKind = "ServiceAccount";

/** By which a pod asks for the machine API: it mounts the Secret of the same name, which this makes. */
export interface MachineAccount extends KubeObject {
  readonly spec?: { readonly roles?: readonly string[] };
  readonly status?: { readonly failureReason?: string };
}

export interface SecretObject extends KubeObject {
  readonly type?: string;
  /** Base64. */
  readonly data?: Readonly<Record<string, string>>;
}

/** What the machine's owner allows. */
export interface Allowed {
  readonly roles: readonly string[];
  readonly namespaces: readonly string[];
}

/** Why an account gets nothing, in words that other tools know; undefined when it does. */
export function refusalOf(account: MachineAccount, secret: SecretObject | undefined, allowed: Allowed) {
  const { name = "", namespace = "", uid } = account.metadata ?? {};
  if (secret !== undefined && controllerOf(secret) !== uid) {
    return `Secret already exists and is not managed by controller: ${namespace}/${name}`;
  }
  const { roles } = account.spec ?? {};
  if (roles === undefined) return "Roles not found";
  if (!allowed.namespaces.includes(namespace)) return `Namespace is not allowed: ${namespace}`;
  const unallowed = roles.filter((role) => !allowed.roles.includes(role));
  return unallowed.length === 0 ? undefined : `Roles not allowed: [${unallowed.join(" ")}]`;
}

/** Id of the object that an object belongs to, and goes with. */
function controllerOf({ metadata }: KubeObject): unknown {
  const owners = Array.isArray(metadata?.ownerReferences) ? metadata.ownerReferences : [];
  return owners.find((owner) => owner?.controller === true)?.uid;
}
