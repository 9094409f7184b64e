import { randomBytes } from "node:crypto";
import { parseCertificate } from "./certificate.ts";
import { bitString, integer, sequence, tagged } from "./der.ts";
import { type DistinguishedName, encodeName } from "./distinguished-name.ts";
import { type Extensions, encodeExtensions, keyIdentifier, type Usage } from "./extension.ts";
import { encodePem } from "./pem.ts";
import {
  generatePrivateKey,
  type KeyAlgorithm,
  type PrivateKey,
  parsePrivateKey,
  signatureAlgorithms,
} from "./private-key.ts";
import { encodeTime } from "./time.ts";

/** A certificate with its private key, both PEM, the key as `PrivateKey.pem`. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

export interface AuthorityOptions extends DistinguishedName {
  readonly algorithm: KeyAlgorithm;
  /** DNS names and IP addresses, for an authority that serves with its own certificate. */
  readonly alternativeNames?: readonly string[];
  readonly validForMs?: number;
  /** The clock; injected by tests. */
  readonly now?: () => Date;
}

export interface LeafOptions extends DistinguishedName {
  readonly usages: readonly Usage[];
  /** DNS names and IP addresses the holder is reached by. */
  readonly alternativeNames?: readonly string[];
  readonly validForMs: number;
  /** How far back validity starts, for peers whose clocks are behind. */
  readonly backdateMs?: number;
  readonly now?: () => Date;
}

const hourMs = 3_600_000;
/** 87,600 hours: as long as the machine configs that carry authorities are expected to live. */
export const authorityLifetimeMs = 87_600 * hourMs;

/** Makes a self-signed authority with a new key. */
export async function createCertificateAuthority(options: AuthorityOptions): Promise<Identity> {
  const { algorithm, alternativeNames = [], ...rest } = options;
  const { validForMs = authorityLifetimeMs, now = () => new Date(), ...name } = rest;
  const key = await generatePrivateKey(algorithm);
  const subject = encodeName(name);
  const extensions: Extensions = {
    isAuthority: true,
    usages: ["serverAuth", "clientAuth"],
    alternativeNames,
    subjectKeyId: keyIdentifier(key.publicKey),
    authorityKeyId: undefined,
  };
  const body = certificateBody(key, {
    issuer: subject,
    subject,
    publicKey: key.publicKey,
    extensions,
    from: now(),
    validForMs,
  });
  return { certificate: encodePem("CERTIFICATE", signed(key, body)), key: key.pem };
}

/** Makes a new key and signs a certificate for it; the algorithm is the authority's unless another is asked for. */
export async function signCertificate(
  authority: Identity,
  options: LeafOptions & { readonly algorithm?: KeyAlgorithm },
): Promise<Identity> {
  const algorithm = options.algorithm ?? parsePrivateKey(authority.key).algorithm;
  const key = await generatePrivateKey(algorithm);
  return { certificate: signPublicKey(authority, key.publicKey, options), key: key.pem };
}

/**
 * Signs a certificate for a public key somebody else holds.
 * @param publicKey DER SubjectPublicKeyInfo.
 * @returns PEM.
 */
export function signPublicKey(authority: Identity, publicKey: Uint8Array, options: LeafOptions): string {
  const { usages, alternativeNames = [], validForMs, backdateMs = 0, now = () => new Date(), ...name } = options;
  const issuer = parseCertificate(authority.certificate);
  const key = parsePrivateKey(authority.key);
  const extensions: Extensions = {
    isAuthority: false,
    usages,
    alternativeNames: [...new Set(alternativeNames)],
    subjectKeyId: undefined,
    // Copied, not computed: an authority made by another tool may derive its identifier differently.
    authorityKeyId: issuer.subjectKeyId,
  };
  const from = new Date(now().getTime() - backdateMs);
  const fields = { issuer: issuer.encodedSubject, subject: encodeName(name), publicKey, extensions, from };
  return encodePem(
    "CERTIFICATE",
    signed(key, certificateBody(key, { ...fields, validForMs: validForMs + backdateMs })),
  );
}

/** Wraps a body with its signature, the SIGNED macro of X.509. */
export const signed = (key: PrivateKey, body: Uint8Array): Uint8Array =>
  sequence(body, signatureAlgorithms[key.algorithm], bitString(key.sign(body)));

interface CertificateBody {
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly extensions: Extensions;
  readonly from: Date;
  readonly validForMs: number;
}

/** TBSCertificate, RFC 5280, 4.1. */
function certificateBody(key: PrivateKey, options: CertificateBody): Uint8Array {
  const { issuer, subject, publicKey, extensions, from, validForMs } = options;
  const version3 = tagged(0, true, integer(Uint8Array.of(2)));
  const until = new Date(from.getTime() + validForMs);
  return sequence(
    version3,
    integer(serialNumber()),
    signatureAlgorithms[key.algorithm],
    issuer,
    sequence(encodeTime(from), encodeTime(until)),
    subject,
    publicKey,
    tagged(3, true, encodeExtensions(extensions)),
  );
}

/** 127 random bits: positive, and never zero in practice, as RFC 5280, 4.1.2.2 wants. */
function serialNumber(): Uint8Array {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes;
}
