import { codeOf, messageOf } from "../../errors/message.ts";
import { Code, StatusError } from "../status.ts";
import { describeTarget, type Target } from "../target.ts";
import { troubleWithOwn } from "./own-certificate.ts";

/** What is the case and what to do about it, by the pattern that a system's or the TLS library's error matches. */
const explanations: readonly (readonly [pattern: RegExp, reason: string, hint?: string])[] = [
  [/ECONNREFUSED/, "connection refused", "Is the machine up, and is this its API port?"],
  [/ENOENT/, "there is no such socket", "Is the service running?"],
  [/EACCES|EPERM/, "permission denied"],
  [/EHOSTUNREACH|ENETUNREACH/, "no route to host"],
  [/ENOTFOUND|EAI_AGAIN/, "the name is not known to DNS"],
  [/ETIMEDOUT/, "no answer"],
  [/CERTIFICATE_REQUIRED/, "it requires a client certificate, and none was shown"],
  [
    /UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN/,
    "it does not accept our certificate",
    "Was the client configuration made for this cluster, and is the machine's clock right?",
  ],
  [/ALERT_CERTIFICATE_EXPIRED/, "our certificate has expired by its clock", "Is the machine's clock right?"],
  [/CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/, "its certificate is not valid now", "Do the two machines' clocks agree?"],
  [
    /UNABLE_TO_VERIFY|SELF_SIGNED|UNABLE_TO_GET_ISSUER|CERT_SIGNATURE/,
    "its certificate is not signed by an authority we trust",
    "Is it another cluster's machine, or one in maintenance mode?",
  ],
  // What Bun's TLS server does, instead of an alert, to a certificate that it cannot verify.
  [
    /right after the handshake/,
    "it closed the connection right after the handshake",
    "It may not accept our certificate: was the configuration made for this cluster, and is the machine's clock right?",
  ],
  [/ALTNAME_INVALID/, "its certificate is not valid for this name or address"],
];

/** Reasons that may well lie in the certificate we show. */
const refusals: ReadonlySet<string | undefined> = new Set([
  "it closed the connection right after the handshake",
  "it does not accept our certificate",
  "our certificate has expired by its clock",
]);

/** Why there is no connection, as the status of the calls that needed it. */
export function connectFailure(target: Target, cause: unknown): StatusError {
  const text = `${codeOf(cause) ?? ""} ${messageOf(cause)}`;
  const [, usual, usualHint] = explanations.find(([pattern]) => pattern.test(text)) ?? [];
  const ours = "tls" in target && refusals.has(usual) ? target.tls.certificate : undefined;
  const [reason, hint] = (ours === undefined ? undefined : troubleWithOwn(ours)) ?? [usual, usualHint];
  const unreachable = `Cannot reach ${describeTarget(target)}`;
  if (reason === undefined) return new StatusError(Code.unavailable, `${unreachable}: ${messageOf(cause)}`);
  // No cause: the reason says the same, in words.
  return new StatusError(Code.unavailable, `${unreachable}: ${reason}`, hint === undefined ? {} : { hint });
}
