import { Failure } from "../errors/failure.ts";
import { messageOf } from "../errors/message.ts";

/** Status codes of gRPC, https://grpc.github.io/grpc/core/md_doc_statuscodes.html. */
export const Code = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const;

export type Code = (typeof Code)[keyof typeof Code];

const codes: readonly number[] = Object.values(Code);

/** The code a peer sent. What is no code of ours is Unknown, as the specification wants. */
export const codeFrom = (value: unknown): Code => {
  const code = typeof value === "number" ? value : Number.parseInt(String(value), 10);
  return codes.includes(code) ? (code as Code) : Code.unknown;
};

/** How a call ends when it does not end well: what a handler throws, and what a client's call rejects with. */
export class StatusError extends Failure {
  override readonly name = "StatusError";
  readonly code: Code;

  constructor(code: Code, message: string, options: ConstructorParameters<typeof Failure>[1] = {}) {
    super(message, options);
    this.code = code;
  }
}

/** The one way from anything thrown to what the peer is told. */
export function statusOf(thrown: unknown): { readonly code: Code; readonly message: string } {
  if (thrown instanceof StatusError) return { code: thrown.code, message: thrown.message };
  if (thrown instanceof Failure) return { code: Code.unknown, message: messageOf(thrown) };
  return { code: Code.internal, message: messageOf(thrown) };
}
