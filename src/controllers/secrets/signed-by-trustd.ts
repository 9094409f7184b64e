import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";
import { connect } from "../../grpc/client/connect.ts";
import { createCertificateRequest, generatePrivateKey, isSignedBy, parseCertificate } from "../../pki/index.ts";
import { api } from "../../proto/methods.ts";
import { type PemPair, pairOf } from "./pem-pair.ts";

export interface SigningRequest {
  /** Addresses of the control plane, tried in order. */
  readonly endpoints: readonly string[];
  readonly port: number;
  /** What this machine proves by that it belongs to the cluster. */
  readonly token: string;
  /** Whom to trust about the control plane, and by whom the certificate must be signed; PEM. */
  readonly authorities: readonly string[];
  readonly commonName: string;
  readonly alternativeNames: readonly string[];
  readonly signal: AbortSignal;
}

/** For one machine; the next may answer. */
const timeoutMs = 10_000;

/** What to do about what a control plane machine answered, or did not; the first that fits. */
const hints: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [
    /invalid token|missing token/,
    "machine.token of this machine is not that of the control plane: compare the two configurations",
  ],
  [/not valid now|expired/, "Compare the machines' clocks: talosctl get timestatus there, machine.time here"],
  [
    /authority|not signed by/,
    "machine.ca of this machine is not the control plane's authority: is it another cluster's configuration?",
  ],
  [
    /refused|no route|no answer|unreachable/,
    "Is cluster.controlPlane.endpoint right, does the machine there run, and does a firewall let port 50001 through?",
  ],
];

/**
 * Has a control plane machine sign a server certificate for this one. The key never leaves this machine.
 * @throws Failure with what each endpoint answered.
 */
export async function signedByTrustd(request: SigningRequest): Promise<PemPair> {
  const { endpoints, commonName, alternativeNames, signal } = request;
  const key = await generatePrivateKey("ed25519");
  const csr = createCertificateRequest(key, { commonName, alternativeNames });
  const problems: string[] = [];
  for (const endpoint of endpoints) {
    if (signal.aborted) break;
    try {
      const certificate = await ask(request, endpoint, csr);
      checkCertificate(certificate, key.publicKey, request.authorities);
      return pairOf({ certificate, key: key.pem });
    } catch (thrown) {
      problems.push(`${endpoint}: ${messageOf(thrown)}`);
    }
  }
  const told = problems.join("; ");
  const [, hint] = hints.find(([pattern]) => pattern.test(told)) ?? [];
  throw new Failure(`Cannot have the machine's certificate signed: ${told}`, hint === undefined ? {} : { hint });
}

async function ask({ port, token, authorities, signal }: SigningRequest, host: string, csr: string): Promise<string> {
  using channel = connect({ target: { host, port, tls: { authorities } } });
  const reply = await channel.unary(
    api("securityapi.SecurityService/Certificate"),
    { csr: Buffer.from(csr) },
    { metadata: { token }, timeoutMs, signal },
  );
  return new TextDecoder().decode(reply.crt);
}

/** What came back must be ours: an answer that clients would refuse is worse than none, since none is tried again. */
function checkCertificate(pem: string, publicKey: Uint8Array, authorities: readonly string[]): void {
  const certificate = parseCertificate(pem);
  if (!Buffer.from(certificate.publicKey).equals(publicKey)) {
    throw new Failure("Cannot use the signed certificate: it is for another key");
  }
  if (!authorities.some((authority) => isSignedBy(certificate, parseCertificate(authority)))) {
    throw new Failure("Cannot use the signed certificate: no authority of machine.ca or machine.acceptedCAs signed it");
  }
}
