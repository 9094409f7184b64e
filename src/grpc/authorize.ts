import { isRole, type Role } from "../pki/role.ts";
import { rolesFor } from "../proto/methods.ts";
import type { Call } from "./call.ts";
import type { Metadata } from "./metadata.ts";
import { Code, StatusError } from "./status.ts";

/** Where apid tells machined, and the apid of another node, what the caller may do. */
export const roleHeader = "talos-role";

/** The roles that metadata claim. To be believed only from a peer that is trusted to have checked them. */
export const claimedRoles = (metadata: Metadata): ReadonlySet<Role> =>
  new Set((metadata.get(roleHeader) ?? []).filter(isRole));

/** @throws StatusError unless one of the roles may call the method. */
export function requireRole(method: string, roles: ReadonlySet<Role>): void {
  if (rolesFor(method).some((role) => roles.has(role))) return;
  throw new StatusError(Code.permissionDenied, "not authorized");
}

/**
 * Interceptor of machined's server: the roles come from metadata, because whoever may open its socket is apid, which
 * has checked them; and the same table is asked again, because one check may have a bug.
 */
export const authorize = ({ method, metadata }: Pick<Call, "method" | "metadata">): void =>
  requireRole(method, claimedRoles(metadata));
