import { claimedRoles } from "../../../grpc/authorize.ts";
import type { Call } from "../../../grpc/call.ts";
import { Code, StatusError } from "../../../grpc/status.ts";
import { namespaces } from "../../../resources/register.ts";
import { resourceType } from "../../../resources/registry.ts";

/** What a call wants to read. */
export interface Wanted {
  readonly namespace: string;
  readonly type: string;
}

/** Throws StatusError PermissionDenied unless the call may read that. */
export type CheckAccess = (wanted: Wanted, call: Pick<Call, "metadata">) => void;

/** The rule of the machine's API: every known type; sensitive ones for administrators. */
export const checkByRole: CheckAccess = ({ namespace, type }, { metadata }) => {
  const known = resourceType(type);
  if (known === undefined) throw denied(`resource type "${type}" is not supported`);
  if (!Object.hasOwn(namespaces, namespace)) throw denied(`namespace "${namespace}" is not supported`);
  if (known.sensitive && !claimedRoles(metadata).has("os:admin")) throw denied("not authorized");
};

/** The rule of a socket for one of our own processes: a few types, whoever asks. */
export function checkByType(...types: readonly { readonly type: string; readonly namespace: string }[]): CheckAccess {
  return ({ namespace, type }) => {
    const allowed = types.some((each) => each.type === type && each.namespace === namespace);
    if (!allowed) throw denied("not authorized");
  };
}

export const denied = (message: string): StatusError => new StatusError(Code.permissionDenied, message);
