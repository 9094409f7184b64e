import { Failure } from "../errors/failure.ts";
import { isRecord } from "./object.ts";

export interface KubeErrorOptions {
  readonly code: number;
  readonly reason: string;
  readonly causes?: readonly string[];
  readonly retryAfterMs?: number | undefined;
}

/** What the API server said no to. */
export class KubeError extends Failure {
  override readonly name = "KubeError";
  /** HTTP status: 404, 409, … */
  readonly code: number;
  /** In one word: `NotFound`, `AlreadyExists`, `Conflict`, `Expired`, … */
  readonly reason: string;
  /** Why, in one word each, where there is more to say: `DisruptionBudget`, `FieldValueInvalid`, … */
  readonly causes: readonly string[];
  /** When the server wants to be asked again. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, { code, reason, causes = [], retryAfterMs }: KubeErrorOptions) {
    super(message, hintOf(code));
    this.code = code;
    this.reason = reason;
    this.causes = causes;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Nobody answered, or not to the end: a server that is down, starting or too far away. Certificates are another matter. */
export class KubeUnreachable extends Failure {
  override readonly name = "KubeUnreachable";
}

/** Whether it is an answer of the API server with one of these codes. */
export const isKubeError = (thrown: unknown, ...codes: readonly number[]): thrown is KubeError =>
  thrown instanceof KubeError && (codes.length === 0 || codes.includes(thrown.code));

/** From the `Status` that the server sends, as an answer or in a watch; anything else is quoted. */
export function kubeErrorOf(what: string, status: unknown, code = 500, retryAfterMs?: number): KubeError {
  const fields = isRecord(status) ? status : {};
  const details = isRecord(fields.details) ? fields.details : {};
  const message = typeof fields.message === "string" ? fields.message : String(status).trim().slice(0, 300);
  const options = {
    code: typeof fields.code === "number" ? fields.code : code,
    reason: typeof fields.reason === "string" ? fields.reason : "",
    causes: Array.isArray(details.causes) ? details.causes.flatMap(reasonOf) : [],
    retryAfterMs,
  };
  const shown = [options.code, options.reason].filter((part) => part !== "").join(" ");
  return new KubeError(`Cannot ${what}: ${message === "" ? "the API server refused" : message} (${shown})`, options);
}

const reasonOf = (cause: unknown): string[] =>
  isRecord(cause) && typeof cause.reason === "string" ? [cause.reason] : [];

function hintOf(code: number): { hint?: string } {
  if (code === 401) return { hint: "Its certificate or token is not, or no longer, of this cluster" };
  if (code === 403) return { hint: "Grant it by a Role and a RoleBinding, or ask as somebody else" };
  return {};
}
