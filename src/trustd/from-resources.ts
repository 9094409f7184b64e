import type { TlsIdentity } from "../grpc/tls-identity.ts";
import type { OSRootSecret } from "../resources/secrets/os-root-secret.ts";
import type { TrustdCertificate } from "../resources/secrets/trustd-certificate.ts";
import type { SigningAuthority } from "./authority.ts";

/** None while the resource or its certificate is not there. */
export function identityFrom(certificates: TrustdCertificate | undefined): TlsIdentity | undefined {
  if (certificates === undefined || certificates.server.crt.length === 0) return undefined;
  const { server, acceptedCAs } = certificates;
  return { certificate: text(server.crt), key: text(server.key), authorities: acceptedCAs.map(({ crt }) => text(crt)) };
}

/** None while the resource is not there, or on a machine that has no key to sign with. */
export function authorityFrom(root: OSRootSecret | undefined): SigningAuthority | undefined {
  if (root === undefined || root.issuingCA.key.length === 0) return undefined;
  const { issuingCA, acceptedCAs, token } = root;
  const certificate = text(issuingCA.crt);
  const accepted = acceptedCAs.map(({ crt }) => text(crt)).filter((pem) => pem.trim() !== certificate.trim());
  return { certificate, key: text(issuingCA.key), accepted, token };
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
