import { constants, type IncomingHttpHeaders } from "node:http2";
import { codeOf, messageOf } from "../../errors/message.ts";
import { Code, codeFrom, StatusError } from "../status.ts";
import { decodeStatusMessage } from "../status-message.ts";

/** The status that a server sent; none when it is OK. */
export function statusFromHeaders(headers: IncomingHttpHeaders): StatusError | undefined {
  const code = codeFrom(headers["grpc-status"]);
  if (code === Code.ok) return undefined;
  return new StatusError(code, decodeStatusMessage(String(headers["grpc-message"] ?? "")));
}

/** What HTTP statuses mean to gRPC, https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md. */
const codesOfHttpStatus: Readonly<Record<number, Code>> = {
  400: Code.internal,
  401: Code.unauthenticated,
  403: Code.permissionDenied,
  404: Code.unimplemented,
  429: Code.unavailable,
  502: Code.unavailable,
  503: Code.unavailable,
  504: Code.unavailable,
};

const codesOfReset: Readonly<Record<number, Code>> = {
  [constants.NGHTTP2_REFUSED_STREAM]: Code.unavailable,
  [constants.NGHTTP2_CANCEL]: Code.cancelled,
  [constants.NGHTTP2_ENHANCE_YOUR_CALM]: Code.resourceExhausted,
  [constants.NGHTTP2_INADEQUATE_SECURITY]: Code.permissionDenied,
};

/** The connection itself broke; the reset codes of its streams then say nothing. */
const connectionErrors: ReadonlySet<string | undefined> = new Set(["ECONNRESET", "EPIPE", "ETIMEDOUT"]);

/** The status of a call that ended without one: the connection broke, or the peer speaks no gRPC. */
export function statusFromReset(resetCode: number, cause: unknown, headers?: IncomingHttpHeaders): StatusError {
  const httpStatus = Number(headers?.[":status"] ?? 200);
  if (httpStatus !== 200) {
    const code = codesOfHttpStatus[httpStatus] ?? Code.unknown;
    return new StatusError(code, `The server answered with HTTP status ${httpStatus}: it speaks no gRPC`);
  }
  const reason = cause === undefined ? "" : `: ${messageOf(cause)}`;
  const broken = resetCode === 0 || connectionErrors.has(codeOf(cause));
  const code = broken ? Code.unavailable : (codesOfReset[resetCode] ?? Code.internal);
  return new StatusError(code, `The connection ended before the call did${reason}`);
}
