/** The public face of the room: keys, certificates, and what is read from them. */
export { type Certificate, isSignedBy, parseCertificate, parseCertificates, publicKeyHash } from "./certificate.ts";
export {
  type CertificateRequest,
  createCertificateRequest,
  parseCertificateRequest,
  signCertificateRequest,
} from "./certificate-request.ts";
export type { DistinguishedName } from "./distinguished-name.ts";
export type { Usage } from "./extension.ts";
export { decodePem, encodePem } from "./pem.ts";
export { generatePrivateKey, type KeyAlgorithm, type PrivateKey, parsePrivateKey } from "./private-key.ts";
export { isRole, type Role, roles, rolesOf } from "./role.ts";
export {
  createCertificateAuthority,
  type Identity,
  type LeafOptions,
  signCertificate,
  signPublicKey,
} from "./sign-certificate.ts";
