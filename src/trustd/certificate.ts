import { createHash, timingSafeEqual } from "node:crypto";
import { RateLimit } from "../async/rate-limit.ts";
import { messageOf } from "../errors/message.ts";
import type { Call } from "../grpc/call.ts";
import { Code, StatusError } from "../grpc/status.ts";
import { signCertificateRequest } from "../pki/certificate-request.ts";
import type { securityapi } from "../proto/index.ts";
import type { SigningAuthority } from "./authority.ts";

/** How long a signed certificate is good for; machines renew theirs at half of it. */
const validForMs = 24 * 3_600_000;

/** Clocks that lag by less than this agree that what was signed just now is valid. */
const backdateMs = 5 * 60_000;

/** Largest request that can be a certificate request: a key, a name and some hundred addresses. */
const maximumRequestBytes = 64 * 1024;

type Certificate = (
  request: securityapi.CertificateRequest,
  call: Pick<Call, "metadata" | "peer">,
) => Promise<securityapi.CertificateResponse.$Properties>;

/**
 * SecurityService/Certificate: signs the server certificate of a machine that knows the cluster's token. The name and
 * the addresses are those that the machine asks for; roles it gets none.
 */
export function certificate(authority: () => SigningAuthority | undefined): Certificate {
  const limit = new RateLimit({ burst: 20, intervalMs: 1_000, peers: 1_024 });
  return async ({ csr }, { metadata, peer }) => {
    if (!limit.allow(peer.address ?? "")) throw new StatusError(Code.resourceExhausted, "too many requests");
    const current = authority();
    if (current === undefined) throw new StatusError(Code.unavailable, "the certificate authority is not known yet");
    const [token] = metadata.get("token") ?? [];
    if (token === undefined) throw new StatusError(Code.unauthenticated, "missing token");
    if (current.token === "" || !sameSecret(token, current.token)) {
      throw new StatusError(Code.unauthenticated, "invalid token");
    }
    return {
      ca: Buffer.from([current.certificate, ...current.accepted].map(withNewline).join("")),
      crt: Buffer.from(sign(current, csr)),
    };
  };
}

function sign(authority: SigningAuthority, csr: Uint8Array): string {
  if (csr.length > maximumRequestBytes) {
    throw new StatusError(Code.invalidArgument, `Cannot sign a request of ${csr.length} bytes: it is too large`);
  }
  try {
    return signCertificateRequest(authority, Buffer.from(csr).toString(), {
      usages: ["serverAuth"],
      validForMs,
      backdateMs,
    });
  } catch (thrown) {
    throw new StatusError(Code.invalidArgument, messageOf(thrown));
  }
}

/** Compares in constant time. Hashes first: only what has the same length can be, and lengths would tell too. */
function sameSecret(one: string, other: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

const withNewline = (pem: string): string => (pem.endsWith("\n") ? pem : `${pem}\n`);
