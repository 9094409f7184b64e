import { isSignedBy, type LeafOptions, parseCertificate, signCertificate } from "../../pki/index.ts";
import { identityOf, type PemPair, pairOf } from "./pem-pair.ts";

export interface WantedCertificate extends Pick<LeafOptions, "commonName" | "organizations" | "usages" | "validForMs"> {
  readonly authority: PemPair;
  readonly alternativeNames?: readonly string[];
  readonly now: Date;
}

export interface IssuedCertificate {
  readonly pair: PemPair;
  /** When it should be replaced: after half its life. */
  readonly renewInMs: number;
}

/** Keeps a certificate that still says what is wanted and is in the first half of its life; makes a new one otherwise. */
export async function issue(present: PemPair | undefined, wanted: WantedCertificate): Promise<IssuedCertificate> {
  const { authority, now, ...leaf } = wanted;
  if (present !== undefined && saysSo(present, wanted)) {
    const { notBefore, notAfter } = parseCertificate(identityOf(present).certificate);
    const renewInMs = (notBefore.getTime() + notAfter.getTime()) / 2 - now.getTime();
    if (renewInMs > 0) return { pair: present, renewInMs };
  }
  const pair = pairOf(await signCertificate(identityOf(authority), { ...leaf, now: () => now }));
  return { pair, renewInMs: leaf.validForMs / 2 };
}

function saysSo(present: PemPair, wanted: WantedCertificate): boolean {
  const certificate = parseCertificate(identityOf(present).certificate);
  const authority = parseCertificate(identityOf(wanted.authority).certificate);
  return (
    certificate.subject.commonName === wanted.commonName &&
    sameSet(certificate.subject.organizations ?? [], wanted.organizations ?? []) &&
    sameSet(certificate.alternativeNames, wanted.alternativeNames ?? []) &&
    isSignedBy(certificate, authority)
  );
}

const sameSet = (left: readonly string[], right: readonly string[]): boolean =>
  new Set(left).symmetricDifference(new Set(right)).size === 0;
