import { Code, StatusError } from "../../grpc/status.ts";
import {
  AlreadyExistsError,
  ConflictError,
  InvalidBookmarkError,
  isAlreadyExists,
  isConflict,
  isNotFound,
  isOwnerConflict,
  isPhaseConflict,
  NotFoundError,
  OwnerConflictError,
  PhaseConflictError,
} from "../errors.ts";
import type { Pointer } from "../resource.ts";

/** What a refusal of the state is on the wire; anything else stays as it is. */
export function statusOf(thrown: unknown): unknown {
  const code = codeOf(thrown);
  return code === undefined || !(thrown instanceof Error)
    ? thrown
    : new StatusError(code, thrown.message, { cause: thrown });
}

function codeOf(thrown: unknown): Code | undefined {
  if (isNotFound(thrown)) return Code.notFound;
  if (isOwnerConflict(thrown)) return Code.permissionDenied;
  if (isAlreadyExists(thrown)) return Code.alreadyExists;
  if (isPhaseConflict(thrown)) return Code.invalidArgument;
  if (isConflict(thrown) || thrown instanceof InvalidBookmarkError) return Code.failedPrecondition;
  return undefined;
}

/** The refusal behind a status, so that callers need not know that the state is remote. */
export function refusalOf(thrown: unknown, pointer: Pointer): unknown {
  if (!(thrown instanceof StatusError)) return thrown;
  const { code, message } = thrown;
  const owner = /is owned by "(.*)"$/.exec(message)?.[1];
  if (code === Code.notFound) return new NotFoundError(pointer);
  if (code === Code.alreadyExists) return new AlreadyExistsError(message);
  if (code === Code.permissionDenied && owner !== undefined) return new OwnerConflictError(pointer, owner);
  if (code === Code.invalidArgument && message.includes("is not in phase")) {
    return new PhaseConflictError(pointer, message.endsWith("running") ? "running" : "tearingDown");
  }
  if (code === Code.failedPrecondition && message.includes("bookmark")) return new InvalidBookmarkError();
  return code === Code.failedPrecondition ? new ConflictError(message) : thrown;
}
