import { claimedRoles, roleHeader } from "../grpc/authorize.ts";
import type { Peer } from "../grpc/call.ts";
import type { Metadata } from "../grpc/metadata.ts";
import { isRole, type Role } from "../pki/role.ts";

/** Object identifier of the extended key usage clientAuth, RFC 5280, 4.2.1.12. */
const clientAuth = "1.3.6.1.5.5.7.3.2";

/**
 * What a caller may do: the organizations of its certificate. Another node's apid calls on behalf of a user, and only
 * it is believed about whose.
 */
export function callerRoles({ certificate }: Peer, metadata: Metadata): ReadonlySet<Role> {
  // A certificate that is good for servers too may be a node's own: whoever takes one is no administrator.
  const isClient = certificate?.extendedKeyUsage.length === 1 && certificate.extendedKeyUsage[0] === clientAuth;
  if (certificate === undefined || !isClient) return new Set();
  const roles = new Set(certificate.organizations.filter(isRole));
  return roles.has("os:impersonator") && metadata.has(roleHeader) ? claimedRoles(metadata) : roles;
}
