import { createHash, createPublicKey, verify } from "node:crypto";
import { toBase64 } from "../bytes/base64.ts";
import { DerCursor, DerTag, readDer } from "./der.ts";
import { type DistinguishedName, readName } from "./distinguished-name.ts";
import { type Extensions, readExtensions } from "./extension.ts";
import { ObjectIdentifier, readObjectIdentifier } from "./object-identifier.ts";
import { decodePem, pemBlock } from "./pem.ts";
import { readTime } from "./time.ts";

/** What a certificate says. */
export interface Certificate extends Extensions {
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  readonly serialNumber: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** Base64 of the SHA-256 of the public key: what `--cert-fingerprint` compares. */
  readonly fingerprint: string;
  /** The subject as it was encoded: the issuer of what this certificate signs. */
  readonly encodedSubject: Uint8Array;
  /** DER of the whole certificate. */
  readonly encoding: Uint8Array;
}

/** Signature algorithms by the identifier in the certificate, as node:crypto names their digest. */
const digests: Readonly<Record<string, "sha256" | null>> = {
  [ObjectIdentifier.ed25519]: null,
  [ObjectIdentifier.ecdsaWithSha256]: "sha256",
  [ObjectIdentifier.sha256WithRsa]: "sha256",
};

/**
 * Reads a certificate; of a PEM bundle, the first.
 * @throws Failure when it is not a certificate in DER.
 */
export function parseCertificate(input: string | Uint8Array): Certificate {
  const encoding = typeof input === "string" ? pemBlock(input, "CERTIFICATE") : input;
  const body = new DerCursor(new DerCursor(readDer(encoding)).next(DerTag.sequence));
  body.optional(0xa0); // version; only v3 carries extensions, and those tell
  const serialNumber = body.next(DerTag.integer).contents;
  body.next(DerTag.sequence); // the signature algorithm, repeated outside
  const issuer = readName(body.next(DerTag.sequence));
  const validity = new DerCursor(body.next(DerTag.sequence));
  const notBefore = readTime(validity.next());
  const notAfter = readTime(validity.next());
  const subject = body.next(DerTag.sequence);
  const publicKey = body.next(DerTag.sequence).encoding;
  let extensions = noExtensions;
  for (const { tag, contents } of body.rest()) {
    if (tag === 0xa3) extensions = readExtensions(new DerCursor(contents).next(DerTag.sequence));
  }
  return {
    ...extensions,
    subject: readName(subject),
    issuer,
    serialNumber,
    notBefore,
    notAfter,
    publicKey,
    fingerprint: toBase64(createHash("sha256").update(publicKey).digest()),
    encodedSubject: subject.encoding,
    encoding,
  };
}

/** Hex of the SHA-256 of the public key, as `kubeadm join --discovery-token-ca-cert-hash` takes it. */
export const publicKeyHash = (certificate: string): string =>
  createHash("sha256").update(parseCertificate(certificate).publicKey).digest("hex");

/** Every certificate of a PEM bundle, such as issuing and accepted authorities together. */
export const parseCertificates = (pem: string): Certificate[] =>
  decodePem(pem)
    .filter(({ label }) => label === "CERTIFICATE")
    .map(({ bytes }) => parseCertificate(bytes));

/** True when `authority`'s key signed `certificate`. Validity times are the caller's to judge. */
export function isSignedBy(certificate: Certificate, authority: Certificate): boolean {
  return verifySigned(certificate.encoding, authority.publicKey);
}

/** Verifies a SIGNED structure (certificate or request): body, algorithm, signature. */
export function verifySigned(encoding: Uint8Array, publicKey: Uint8Array): boolean {
  const fields = new DerCursor(readDer(encoding));
  const body = fields.next(DerTag.sequence).encoding;
  const algorithm = new DerCursor(fields.next(DerTag.sequence)).next(DerTag.objectIdentifier);
  const digest = digests[readObjectIdentifier(algorithm)];
  if (digest === undefined) return false;
  const signature = fields.next(DerTag.bitString).contents.subarray(1);
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey), format: "der", type: "spki" });
    return verify(digest, body, key, signature);
  } catch {
    return false; // a key that does not decode signed nothing
  }
}

const noExtensions: Extensions = {
  isAuthority: false,
  usages: [],
  alternativeNames: [],
  subjectKeyId: undefined,
  authorityKeyId: undefined,
};
