import { Failure } from "../errors/failure.ts";
import { verifySigned } from "./certificate.ts";
import { DerCursor, DerTag, der, integer, readDer, sequence, tagged } from "./der.ts";
import { type DistinguishedName, encodeName, readName } from "./distinguished-name.ts";
import { encodeAlternativeNamesExtension, readExtensions } from "./extension.ts";
import { ObjectIdentifier, objectIdentifier, readObjectIdentifier } from "./object-identifier.ts";
import { encodePem, pemBlock } from "./pem.ts";
import type { PrivateKey } from "./private-key.ts";
import { type Identity, type LeafOptions, signed, signPublicKey } from "./sign-certificate.ts";

/** What the sender of a certificate signing request asks for. */
export interface CertificateRequest {
  readonly subject: DistinguishedName;
  readonly alternativeNames: readonly string[];
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
}

/** Encodes and signs a request, PKCS #10 (RFC 2986). @returns PEM. */
export function createCertificateRequest(
  key: PrivateKey,
  { alternativeNames = [], ...name }: DistinguishedName & { readonly alternativeNames?: readonly string[] },
): string {
  const extensions = sequence(encodeAlternativeNamesExtension(alternativeNames));
  const attribute = sequence(objectIdentifier(ObjectIdentifier.extensionRequest), der(DerTag.set, extensions));
  const attributes = alternativeNames.length > 0 ? [attribute] : [];
  const version1 = integer(Uint8Array.of(0));
  const body = sequence(version1, encodeName(name), key.publicKey, tagged(0, true, ...attributes));
  return encodePem("CERTIFICATE REQUEST", signed(key, body));
}

/**
 * Reads a request and proves that its sender holds the key.
 * @throws Failure when it does not decode or its signature is wrong.
 */
export function parseCertificateRequest(pem: string): CertificateRequest {
  const encoding = pemBlock(pem, "CERTIFICATE REQUEST");
  const body = new DerCursor(new DerCursor(readDer(encoding)).next(DerTag.sequence));
  body.next(DerTag.integer); // version
  const subject = readName(body.next(DerTag.sequence));
  const publicKey = body.next(DerTag.sequence).encoding;
  if (!verifySigned(encoding, publicKey)) {
    throw new Failure("Cannot accept certificate request: its signature does not match its key");
  }
  let alternativeNames: readonly string[] = [];
  for (const attribute of new DerCursor(body.next(0xa0)).rest()) {
    const fields = new DerCursor(attribute);
    if (readObjectIdentifier(fields.next(DerTag.objectIdentifier)) !== ObjectIdentifier.extensionRequest) continue;
    const extensions = new DerCursor(fields.next(DerTag.set)).next(DerTag.sequence);
    alternativeNames = readExtensions(extensions).alternativeNames;
  }
  return { subject, alternativeNames, publicKey };
}

/** What the signer decides; what it leaves out is taken from the request. */
export type SigningOptions = Omit<LeafOptions, "alternativeNames"> & { readonly alternativeNames?: readonly string[] };

/**
 * Signs what a request asks for. Organizations never come from the request: they are roles, and asking is not having.
 * @returns the certificate, PEM.
 */
export function signCertificateRequest(authority: Identity, pem: string, options: SigningOptions): string {
  const request = parseCertificateRequest(pem);
  const commonName = options.commonName ?? request.subject.commonName;
  return signPublicKey(authority, request.publicKey, {
    ...options,
    ...(commonName === undefined ? {} : { commonName }),
    alternativeNames: options.alternativeNames ?? request.alternativeNames,
  });
}
