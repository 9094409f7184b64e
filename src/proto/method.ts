import type { Role } from "../pki/role.ts";
import type { Message } from "./message.ts";

export type Kind = "unary" | "serverStream" | "clientStream" | "bidi";

/** The shape of one call on the wire. */
export interface Rpc<K extends Kind = Kind, Request extends Message = Message, Response extends Message = Message> {
  readonly kind: K;
  readonly request: Request;
  readonly response: Response;
}

/** One method of the machine's API: its shape, and who may call it where. */
export interface Method<K extends Kind = Kind, Request extends Message = Message, Response extends Message = Message>
  extends Rpc<K, Request, Response> {
  /** Any one of them suffices. */
  readonly roles: readonly Role[];
  /** Whether anyone may call it while the machine has no config and so no idea whom to trust. */
  readonly maintenance: boolean;
  /** What apid does when a call names several nodes: join their answers into one, or refuse. */
  readonly fanOut: "aggregate" | "refuse";
}

/** Declares a method of some kind; a row of the table reads `unary(Request, Response, roles)`. */
export const methodOf =
  <K extends Kind>(kind: K) =>
  <Request extends Message, Response extends Message>(
    request: Request,
    response: Response,
    roles: readonly Role[],
    access: { readonly maintenance?: boolean; readonly fanOut?: "aggregate" | "refuse" } = {},
  ): Method<K, Request, Response> => ({
    kind,
    request,
    response,
    roles,
    maintenance: access.maintenance ?? false,
    fanOut: access.fanOut ?? "aggregate",
  });
